import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { defaultSettings } from '../src/upstream/settings.ts'
import { benchOutage } from './outage.ts'
import { print } from './print.ts'
import { type Program, startProgram, toConfig } from './program.ts'
import { benchCompletion, benchPolling } from './rate-limit.ts'
import { latency, sizes } from './sizes.ts'

const query = `query Page($after: String) { certificates(first: 100, after: $after) {
  nodes { id name expiresAt expiryStatus } pageInfo { endCursor hasNextPage } totalCount complete } }`

interface Page {
  readonly nodes: readonly { readonly id: string }[]
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean }
  readonly totalCount: number
  readonly complete: boolean
}

const vendors = fork(new URL('./vendors.js', import.meta.url))
const [file] = await once(vendors, 'message')
const { providers, ...config } = toConfig(file)
const { openai, akamai, liveperson } = providers
// Without rate limits: these measurements must not include waiting for a slot.
const unlimited = <Part extends { readonly upstream: object }>(part: Part) => ({
  ...part,
  upstream: { ...part.upstream, limits: [] },
})
const start = () =>
  startProgram({
    ...config,
    providers: {
      ...(openai && { openai: unlimited(openai) }),
      ...(akamai && { akamai: unlimited(akamai) }),
      ...(liveperson && { liveperson: unlimited(liveperson) }),
    },
  })

async function page(program: Program, after: string | null): Promise<Page & { readonly milliseconds: number }> {
  const begun = performance.now()
  const { certificates } = await program.ask<{ certificates: Page }>(query, { after })
  return { ...certificates, milliseconds: performance.now() - begun }
}

async function upstreamCalls(): Promise<Record<string, number>> {
  vendors.send('calls')
  const [calls] = await once(vendors, 'message')
  return calls
}

function since(earlier: Record<string, number>, now: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([name, calls]) => [name, calls - (earlier[name] ?? 0)]))
}

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

// A first run without measuring: the emulators build their bodies, and both processes compile their code.
const rehearsal = await start()
await page(rehearsal, null)
await rehearsal.close()

const before = await upstreamCalls()
const empty = heapUsed()
const app = await start()
const cold = await page(app, null)
const calls = since(before, await upstreamCalls())
const { contractsPerAccount } = sizes.akamai
const rounds = 1 + Math.ceil(contractsPerAccount / defaultSettings.concurrency)
const expected = { openai: 1, akamai: 1 + contractsPerAccount, liveperson: 2 * sizes.liveperson.accounts }
print('certificates', `${cold.totalCount}, complete: ${cold.complete}`)
print(
  'cold first page, calls',
  `${JSON.stringify(calls)}; needed ${JSON.stringify(expected)} and a token per LivePerson client`,
)
print(
  'cold first page, time',
  `${(cold.milliseconds / (rounds * latency)).toFixed(2)} × the slowest chain (${rounds} calls of ${latency} ms, one after another)`,
)

const times: number[] = []
let after: string | null = null
do {
  const { pageInfo, milliseconds }: Awaited<ReturnType<typeof page>> = await page(app, after)
  times.push(milliseconds)
  after = pageInfo.hasNextPage ? pageInfo.endCursor : null
} while (after !== null)

const sample = 50
const middle = (times.length - sample) >> 1
const parts = { start: times.slice(0, sample), middle: times.slice(middle, middle + sample), end: times.slice(-sample) }
const medians = Object.entries(parts).map(([part, each]) => [part, median(each)] as const)
const fastest = Math.min(...medians.map(([, time]) => time))
print(
  'warm page of 100, time',
  `${medians.map(([part, time]) => `${part} ${(time / fastest).toFixed(2)}`).join(', ')} × the fastest (${fastest.toFixed(1)} ms)`,
)
print('upstream calls after that', JSON.stringify(since(before, await upstreamCalls())))
print(
  'memory per certificate',
  `${Math.round((heapUsed() - empty) / cold.totalCount)} bytes${globalThis.gc ? '' : ' (run with --expose-gc for a reliable figure)'}`,
)

await app.close()
vendors.kill()

await benchPolling()
await benchOutage()
await benchCompletion()
