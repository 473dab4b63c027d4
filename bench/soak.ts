import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { systemClock } from '../src/upstream/clock.ts'
import { startEmulators } from './emulators.ts'
import { report } from './figures.ts'
import { smallSizes } from './sizes.ts'

/** Milliseconds. */
const duration = Number(process.env['SOAK_SECONDS'] ?? 300) * 1000
const warmUp = 20_000
const pollers = 8

const queries = [
  '{ certificates(first: 100) { nodes { id name expiresAt place { label } } totalCount sources { status error { code } } } }',
  '{ certificates(first: 10, filter: { search: "e" }, maxStaleness: "PT10S") { nodes { id } totalCount } }',
  '{ certificates(first: 5) { nodes { id subject weaknesses } } }',
  '{ certificateStatistics { total byPlace { count } duplicates { sha256Fingerprint } } }',
  '{ certificatePlaces(first: 100) { nodes { id rateLimit { remaining } } complete } }',
  '{ certificates { nope } }',
]

/** Sends queries for five minutes while the vendors fail in every way, and compares the memory at the start and the end. */
export async function benchSoak(): Promise<void> {
  const vendors = await startEmulators({ now: systemClock.now, limits: false, sizes: smallSizes(20) })
  const program = fork(new URL('./program-process.js', import.meta.url), { execArgv: ['--expose-gc'] })
  program.send({ ...vendors.file, upstream: { ttl: '2s', staleWhileRevalidate: '1s', deadline: '2s' } })
  const [url] = await once(program, 'message')
  const memory = async (): Promise<{ heapUsed: number; rss: number }> => {
    const answered = once(program, 'message')
    program.send('memory')
    return (await answered)[0]
  }
  const end = systemClock.elapsed() + warmUp + duration
  const answers = { count: 0, failed: 0 }
  const poll = async (poller: number) => {
    for (let index = poller; systemClock.elapsed() < end; index += 1) {
      const leaves = index % 10 === 9 ? AbortSignal.timeout(20) : null
      try {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: queries[index % queries.length] }),
          signal: leaves,
        })
        await response.arrayBuffer()
        answers.count += 1
        if (response.status >= 500) answers.failed += 1
      } catch {
        // A client that leaves is one of the faults.
        if (!leaves) answers.failed += 1
      }
    }
  }
  const fail = async () => {
    const hang = { effect: 'hang' } as const
    const faults = [
      hang,
      { effect: 'reset' },
      { effect: { status: 503, body: 'unavailable' } },
      { effect: { status: 429, headers: { 'retry-after': '1' } } },
      { effect: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"broken' } },
      { effect: { patch: () => ({ data: 'no list', has_more: 'true' }) } },
    ] as const
    for (let index = 0; systemClock.elapsed() < end; index += 1) {
      const fault = faults[index % faults.length] ?? hang
      const stop = vendors.emulators.map((emulator) => emulator.fault({ ...fault, match: () => Math.random() < 0.3 }))
      await systemClock.sleep(3_000)
      for (const each of stop) each()
      await systemClock.sleep(2_000)
    }
  }
  const polling = Promise.all([fail(), ...Array.from({ length: pollers }, (_, index) => poll(index))])
  await systemClock.sleep(warmUp)
  const start = await memory()
  await polling
  const last = await memory()
  report(`soak with faults, ${duration / 1000} s`, answers.failed, {
    unit: 'answers failed',
    digits: 0,
    note: `of ${answers.count}, with 5xx or without an answer`,
  })
  const growth = (from: number, to: number) => `${toMB(from)} → ${toMB(to)} MB`
  report('growth of the heap', (last.heapUsed - start.heapUsed) / 1024 ** 2, {
    unit: 'MB',
    note: `heap ${growth(start.heapUsed, last.heapUsed)}, resident ${growth(start.rss, last.rss)}`,
  })
  program.kill()
  await vendors.close()
}

function toMB(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}
