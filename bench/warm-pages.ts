import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { queryAt, readAll } from './client.ts'
import { compareAlternately } from './compare.ts'
import { median, report } from './figures.ts'

export const query = `query Page($after: String) { certificates(first: 100, after: $after) {
  nodes { id name expiresAt expiryStatus } pageInfo { endCursor hasNextPage } totalCount complete } }`

/** Some certificates have no owner. */
const owners = [
  { match: { names: ['*7*'] }, owner: 'platform' },
  { match: { provider: 'AKAMAI', subjectAltNames: ['*.example'] }, owner: 'web' },
]
/** Everything stays fresh while it is measured. */
const upstream = { ttl: '1h', discoveryTtl: '1h', deadline: '5m', readingTimeout: '5m' }

/** Until an operation has run as often, its code is compiled. */
const runsUntilCompiled = 300
const runs = 200
/** Milliseconds. */
const maxPageTime = 5
const maxTextTime = 10
/** Between the page of 500,000 certificates and that of 75,000. */
const maxRatio = 1.3
/** Runs of one program before the other one is measured. */
const runsInRound = 20

interface RunningProgram {
  readonly child: ChildProcess
  readonly url: string
  readonly totalCount: number
}

/**
 * Measures operations whose answer is known to the orders and indexes, over the same certificates, and the same page over far
 * more of them. Each program has a process of its own.
 * @param file the configuration with the emulators
 */
export async function benchWarmPages(file: object): Promise<void> {
  const program = await start({ ...file, owners })
  try {
    await printQueries(program)
    await compareWithLarge(program)
  } finally {
    program.child.kill()
  }
}

async function start(file: object): Promise<RunningProgram> {
  const child = fork(new URL('./program-process.js', import.meta.url))
  child.send({ ...file, upstream })
  const [url] = (await once(child, 'message')) as [string]
  return { child, url, totalCount: await readAll(url) }
}

async function printQueries(program: RunningProgram): Promise<void> {
  const { certificates } = await queryAt<{ certificates: { nodes: readonly { readonly id: string }[] } }>(
    program.url,
    '{ certificates(first: 100) { nodes { id } } }',
  )
  const ids = JSON.stringify(certificates.nodes.map(({ id }) => id))
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
    [
      'search, another text each time',
      `query Search($text: String!) { certificates(first: 100, filter: { search: $text }) { ${page} } }`,
      maxTextTime,
    ],
    ['search, all', `{ certificates(first: 100, filter: { search: "o" }) { ${page} } }`, maxTextTime],
    ['sources', '{ certificates(first: 1) { sources { status certificateCount } complete } }', null],
    ['certificateStatistics', '{ certificateStatistics { total byExpiryStatus { key count } complete } }', null],
    ['byOwner', '{ certificateStatistics { byOwner { key { name } count } } }', null],
    ['nodes of 100 ids', `{ nodes(ids: ${ids}) { id } }`, null],
    ['one value', '{ __typename }', null],
  ]
  for (const [what, each, target] of queries) {
    await timeOf(program, each, runsUntilCompiled)
    const time = await timeOf(program, each, runs)
    report(what, time, { unit: 'ms', digits: 1, ...(target !== null && { atMost: target }) })
  }
}

async function compareWithLarge(program: RunningProgram): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), ['large'])
  const [file] = (await once(emulators, 'message')) as [object]
  const large = await start(file)
  emulators.kill()
  for (const each of [large, program]) await timeOf(each, query, runsUntilCompiled)
  const { first, second, ratio } = await compareAlternately(
    () => timeOf(large, query, runsInRound),
    () => timeOf(program, query, runsInRound),
  )
  large.child.kill()
  report('the same, far more places', ratio, {
    unit: '× a warm page',
    atMost: maxRatio,
    note: `${first.toFixed(1)} ms with ${large.totalCount} certificates, ${second.toFixed(1)} ms with ${program.totalCount}`,
  })
}

let texts = 0

/** A text that was not searched before: what a search has found is kept. */
function nextText(): string {
  texts += 1
  return `or-${texts}`
}

/** Milliseconds of an operation, including the client and HTTP: the median of some runs. */
async function timeOf({ url }: RunningProgram, each: string, count: number): Promise<number> {
  const times: number[] = []
  while (times.length < count) {
    const variables = each.includes('$text') ? { text: nextText() } : {}
    const start = performance.now()
    await queryAt(url, each, variables)
    times.push(performance.now() - start)
  }
  return median(times)
}
