import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { defaultSettings } from '../src/upstream/settings.ts'
import { queryAt } from './client.ts'
import { median, report } from './figures.ts'
import type { Delays } from './loop-monitor.ts'
import { readPlainly, type VendorsFile } from './plain-reader.ts'
import { type Program, startProgram, toConfig, withoutLimits } from './program.ts'
import { chainSizes, latency } from './sizes.ts'

const query = '{ certificates(first: 100) { nodes { id name expiresAt expiryStatus } totalCount complete } }'
const everyPage = `query Page($after: String) { certificates(first: 100, after: $after) {
  nodes { id name expiresAt expiryStatus } pageInfo { endCursor hasNextPage } totalCount complete } }`
const runs = 7
const chainRuns = 12
const targets = {
  ratio: 2,
  chain: 1.5,
  bytes: 900,
  /** Milliseconds. */
  delay: 50,
  longestDelay: 200,
  longestDelayWithLongBody: 400,
}

interface FirstPage {
  readonly certificates: { readonly totalCount: number; readonly complete: boolean }
}

interface Page {
  readonly certificates: { readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean } }
}

/** Measures what it costs to read everything when nothing was read before. */
export async function benchCold(): Promise<void> {
  await compareWork()
  await compareChain()
  await measureProcess('', targets.longestDelay)
  await measureProcess('long', targets.longestDelayWithLongBody)
}

/**
 * Compares the CPU time until the first page with that of a program which only reads, parses and sorts the same rows, in
 * alternating runs, both as multiples of JSON.parse.
 */
async function compareWork(): Promise<void> {
  const { file, stop } = await startVendors()
  const config = withoutLimits(toConfig(file))
  const texts: string[] = []
  await readPlainly(file, (text) => texts.push(text))
  const parse: number[] = []
  for (let run = 0; run < runs; run += 1) {
    parse.push(
      await cpuTime(async () => {
        for (const text of texts) JSON.parse(text)
      }),
    )
  }
  texts.length = 0

  const plain: number[] = []
  const cold: number[] = []
  // The first run is not measured: both programs compile their code.
  for (let run = 0; run <= runs; run += 1) {
    globalThis.gc?.()
    plain.push(await cpuTime(() => readPlainly(file)))
    const program = await startProgram(config)
    globalThis.gc?.()
    cold.push(await cpuTime(() => readFirstPage(program)))
    await program.close()
  }
  stop()

  const unit = median(parse)
  const [plainTime, coldTime] = [median(plain.slice(1)), median(cold.slice(1))]
  report('cold, CPU time', coldTime / unit, { unit: '× JSON.parse of the same bytes', note: `${unit.toFixed(0)} ms` })
  report('cold, a minimal program', plainTime / unit, { unit: '× JSON.parse of the same bytes' })
  report('cold, ratio', coldTime / plainTime, { unit: '× the minimal program', atMost: targets.ratio })
}

/** Compares the time until the first page with that of the slowest chain of calls, where there is little else to do. */
async function compareChain(): Promise<void> {
  const { file, stop } = await startVendors('chain')
  const config = withoutLimits(toConfig({ akamai: file.akamai }))
  const times: number[] = []
  for (let run = 0; run < chainRuns; run += 1) {
    const program = await startProgram(config)
    const start = performance.now()
    await readFirstPage(program)
    times.push(performance.now() - start)
    await program.close()
  }
  stop()
  const contracts = Number(chainSizes['akamai']?.scale['contractsPerAccount'])
  // The list of contracts, then the contracts in rounds.
  const rounds = 1 + Math.ceil(contracts / defaultSettings.concurrency)
  // The fastest run: in others, the CPU was the limit.
  report('time to the first page', Math.min(...times) / (rounds * latency), {
    unit: '× the longest chain',
    atMost: targets.chain,
    note: `${rounds} calls of ${latency} ms; median ${(median(times) / (rounds * latency)).toFixed(2)}`,
  })
}

/** Measures the event loop while a process reads everything, and the memory after it has served every page. */
async function measureProcess(size: string, longestDelay: number): Promise<void> {
  const { file, stop } = await startVendors(size)
  const program = fork(new URL('./program-process.js', import.meta.url), { execArgv: ['--expose-gc'] })
  program.send(file)
  const [url] = (await once(program, 'message')) as [string]
  const get = async <Value>(what: string): Promise<Value> => {
    const answered = once(program, 'message')
    program.send(what)
    return (await answered)[0]
  }
  const memoryUsed = async () => {
    const { heapUsed, external } = await get<NodeJS.MemoryUsage>('memory')
    return heapUsed + external
  }
  const before = await memoryUsed()
  await get('delays')
  const { certificates } = await queryAt<FirstPage>(url, query)
  const delays = await get<Delays>('delays')
  if (!certificates.complete) throw new Error('the first page is incomplete')
  const what = size === 'long' ? 'delay, 32 MiB' : 'delay, cold'
  const toNote = (own: number) => `${own.toFixed(0)} ms with a processor of its own`
  report(`${what}, p99`, delays.percentile, { unit: 'ms', atMost: targets.delay, note: toNote(delays.own.percentile) })
  report(`${what}, longest`, delays.longest, { unit: 'ms', atMost: longestDelay, note: toNote(delays.own.longest) })
  if (size !== 'long') {
    const toBytes = (used: number) => (used - before) / certificates.totalCount
    const cold = toBytes(await memoryUsed())
    for (let after: string | null = null, isLast = false; !isLast; ) {
      const { pageInfo }: Page['certificates'] = (await queryAt<Page>(url, everyPage, { after })).certificates
      after = pageInfo.endCursor
      isLast = !pageInfo.hasNextPage
    }
    const bytes = toBytes(await memoryUsed())
    const first = `${cold.toFixed(0)} after the first page`
    report('memory per certificate', bytes, { unit: 'bytes after all pages', atMost: targets.bytes, note: first })
  }
  program.kill()
  stop()
}

async function startVendors(size = ''): Promise<{ readonly file: VendorsFile; stop(): void }> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), [size])
  const [file] = (await once(emulators, 'message')) as [VendorsFile]
  return { file, stop: () => emulators.kill() }
}

async function readFirstPage(program: Program): Promise<void> {
  const { certificates } = await program.ask<FirstPage>(query)
  if (!certificates.complete) throw new Error('the first page is incomplete')
}

/** Milliseconds of this process, of all its threads. */
async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
