import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultSettings } from '../src/upstream/settings.ts'
import { median, report } from './figures.ts'
import { print } from './print.ts'
import { type Program, startProgram, toConfig, withoutLimits } from './program.ts'
import { contracts, latency, sizes } from './sizes.ts'

const query = `query Page($after: String) { certificates(first: 100, after: $after) {
  nodes { id name expiresAt expiryStatus } pageInfo { endCursor hasNextPage } totalCount complete } }`

/** Some certificates have no owner. */
const owners = [
  { match: { names: ['*7*'] }, owner: 'platform' },
  { match: { provider: 'AKAMAI', subjectAltNames: ['*.example'] }, owner: 'web' },
]

const runs = 200
/** Milliseconds. */
const maxPageTime = 5
const maxTextTime = 10
/** Between the page of 500,000 certificates and that of 75,000. */
const maxRatio = 1.3

interface Page {
  readonly nodes: readonly { readonly id: string }[]
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean }
  readonly totalCount: number
  readonly complete: boolean
}

type TimedPage = Page & { readonly milliseconds: number }

/** Measures the first page with empty caches, then every page of the list. */
export async function benchPages(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url))
  const [file] = await once(emulators, 'message')
  // These measurements must not include waiting for a slot of a rate limit.
  const config = withoutLimits(toConfig({ ...file, owners }))
  const countCalls = async (): Promise<Record<string, number>> => {
    emulators.send('calls')
    const [calls] = await once(emulators, 'message')
    return calls
  }

  // A first run without measuring: the emulators build their bodies, and both processes compile their code.
  const rehearsal = await startProgram(config)
  await readPage(rehearsal, null)
  await rehearsal.close()

  const callsBefore = await countCalls()
  const program = await startProgram(config)
  const cold = await readPage(program, null)
  printCold(cold, difference(callsBefore, await countCalls()))
  const callsAfterCold = await countCalls()
  printWarm(await readAllPages(program))
  print('all warm pages, calls', JSON.stringify(difference(callsAfterCold, await countCalls())))

  await printQueries(program, cold.nodes)
  const warm = await medianOf(program, query)
  await program.close()
  emulators.kill()
  const large = await measureLarge()
  const ratio = large.milliseconds / warm
  report('the same, far more places', ratio, {
    unit: '× a warm page',
    atMost: maxRatio,
    note: `${large.milliseconds.toFixed(1)} ms with ${large.totalCount} certificates`,
  })
}

/** Measures operations whose answer is known to the orders and indexes, over the same certificates. */
async function printQueries(program: Program, nodes: Page['nodes']): Promise<void> {
  const ids = JSON.stringify(nodes.map(({ id }) => id))
  const page = 'nodes { id } totalCount complete'
  const queries: readonly (readonly [what: string, query: string, target: number | null])[] = [
    ['warm page of 100', query, maxPageTime],
    ['expiresWithin', `{ certificates(first: 100, filter: { expiresWithin: "P30D" }) { ${page} } }`, null],
    ['expiryStatuses', `{ certificates(first: 100, filter: { expiryStatuses: [WARNING] }) { ${page} } }`, null],
    ['owners', `{ certificates(first: 100, filter: { owners: ["platform"] }) { ${page} } }`, maxTextTime],
    [
      'nameContains, few',
      `{ certificates(first: 100, filter: { nameContains: "host5000" }) { ${page} } }`,
      maxTextTime,
    ],
    ['search, few', `{ certificates(first: 100, filter: { search: "or-49" }) { ${page} } }`, maxTextTime],
    ['search, all', `{ certificates(first: 100, filter: { search: "o" }) { ${page} } }`, maxTextTime],
    ['sources', '{ certificates(first: 1) { sources { status certificateCount } complete } }', null],
    ['certificateStatistics', '{ certificateStatistics { total byExpiryStatus { key count } complete } }', null],
    ['byOwner', '{ certificateStatistics { byOwner { key { name } count } } }', null],
    ['nodes of 100 ids', `{ nodes(ids: ${ids}) { id } }`, null],
    ['one value', '{ __typename }', null],
  ]
  for (const [what, each, target] of queries) {
    const time = await medianOf(program, each)
    report(what, time, { unit: 'ms', digits: 1, ...(target !== null && { atMost: target }) })
  }
}

async function measureLarge(): Promise<{ readonly milliseconds: number; readonly totalCount: number }> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), ['large'])
  const [file] = await once(emulators, 'message')
  const upstream = { ttl: '1h', deadline: '5m', readingTimeout: '5m' }
  const program = await startProgram(withoutLimits(toConfig({ ...file, upstream })))
  let page = await readPage(program, null)
  // The number of calls that may wait is limited: later operations read the other accounts.
  while (!page.complete) {
    await sleep(1_000)
    page = await readPage(program, null)
  }
  const milliseconds = await medianOf(program, query)
  await program.close()
  emulators.kill()
  return { milliseconds, totalCount: page.totalCount }
}

/** Milliseconds of an operation, including the client and HTTP. */
async function medianOf(program: Program, each: string): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now()
    await program.ask(each)
    times.push(performance.now() - start)
  }
  return median(times)
}

async function readPage(program: Program, after: string | null): Promise<TimedPage> {
  const start = performance.now()
  const { certificates } = await program.ask<{ certificates: Page }>(query, { after })
  return { ...certificates, milliseconds: performance.now() - start }
}

/** Returns the time of each page, in milliseconds. */
async function readAllPages(program: Program): Promise<readonly number[]> {
  const times: number[] = []
  let after: string | null = null
  do {
    const { pageInfo, milliseconds }: TimedPage = await readPage(program, after)
    times.push(milliseconds)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  return times
}

function printCold({ totalCount, complete, milliseconds }: TimedPage, calls: Record<string, number>): void {
  const needed = Object.fromEntries(Object.entries(sizes).map(([key, { coldCalls }]) => [key, coldCalls]))
  // The longest chain of calls is that of the contracts: the list of contracts, then the contracts in rounds.
  const rounds = 1 + Math.ceil(contracts / defaultSettings.concurrency)
  print('certificates', `${totalCount}, complete: ${complete}`)
  print(
    'cold first page, calls',
    `${JSON.stringify(calls)}; needed ${JSON.stringify(needed)} and a token per LivePerson client`,
  )
  report('cold first page, time', milliseconds / (rounds * latency), {
    unit: '× the longest chain',
    note: `${rounds} calls of ${latency} ms; here the CPU is the limit`,
  })
}

function printWarm(times: readonly number[]): void {
  const sample = 50
  const middle = (times.length - sample) >> 1
  const medians = {
    start: median(times.slice(0, sample)),
    middle: median(times.slice(middle, middle + sample)),
    end: median(times.slice(-sample)),
  }
  const fastest = Math.min(...Object.values(medians))
  const ratios = Object.entries(medians).map(([part, time]) => `${part} ${(time / fastest).toFixed(2)}`)
  report('warm pages, the slowest', Math.max(...Object.values(medians)) / fastest, {
    unit: '× the fastest',
    note: `${ratios.join(', ')} × ${fastest.toFixed(1)} ms`,
  })
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([key, calls]) => [key, calls - (before[key] ?? 0)]))
}
