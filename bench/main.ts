import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { parseConfig } from '../src/config.ts'
import { providers } from '../src/providers/list.ts'
import { listen } from '../src/server/listen.ts'
import { systemClock } from '../src/upstream/clock.ts'
import { defaultSettings } from '../src/upstream/settings.ts'
import { latency, sizes } from './sizes.ts'

// Figures are ratios within one run: machines differ, and this one may be busy.
const print = (text: string) => process.stdout.write(`${text}\n`)
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
const config = parseConfig(providers, file, { env: process.env, cwd: process.cwd(), mode: 'live' })

/** The program with nothing read yet. */
async function start() {
  const app = createApp(config, { clock: systemClock, log: pino({ level: 'silent' }), version: 'bench' })
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock: systemClock })
  const close = async () => {
    await listening.close()
    await app.close()
  }
  return { url: listening.url, close }
}

async function page(url: string, after: string | null): Promise<Page & { readonly milliseconds: number }> {
  const start = performance.now()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { after } }),
  })
  const { data } = (await response.json()) as { data: { certificates: Page } }
  return { ...data.certificates, milliseconds: performance.now() - start }
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

// Once unmeasured: the emulators build their bodies, and both processes compile what they run.
const rehearsal = await start()
await page(rehearsal.url, null)
await rehearsal.close()

const before = await upstreamCalls()
const empty = heapUsed()
const app = await start()
const cold = await page(app.url, null)
const calls = since(before, await upstreamCalls())
const { contractsPerAccount } = sizes.akamai
const rounds = 1 + Math.ceil(contractsPerAccount / defaultSettings.concurrency)
const expected = { openai: 1, akamai: 1 + contractsPerAccount, liveperson: 2 * sizes.liveperson.accounts }
print(`certificates                ${cold.totalCount}, complete: ${cold.complete}`)
print(
  `cold first page, calls      ${JSON.stringify(calls)}; needed ${JSON.stringify(expected)} and a token per LivePerson client`,
)
print(
  `cold first page, time       ${(cold.milliseconds / (rounds * latency)).toFixed(2)} × the slowest chain (${rounds} calls of ${latency} ms, one after another)`,
)

const times: number[] = []
let after: string | null = null
do {
  const { pageInfo, milliseconds }: Awaited<ReturnType<typeof page>> = await page(app.url, after)
  times.push(milliseconds)
  after = pageInfo.hasNextPage ? pageInfo.endCursor : null
} while (after !== null)

const sample = 50
const middle = (times.length - sample) >> 1
const parts = { start: times.slice(0, sample), middle: times.slice(middle, middle + sample), end: times.slice(-sample) }
const medians = Object.entries(parts).map(([part, each]) => [part, median(each)] as const)
const fastest = Math.min(...medians.map(([, time]) => time))
print(
  `warm page of 100, time      ${medians.map(([part, time]) => `${part} ${(time / fastest).toFixed(2)}`).join(', ')} × the fastest (${fastest.toFixed(1)} ms)`,
)
print(`upstream calls after that   ${JSON.stringify(since(before, await upstreamCalls()))}`)
print(
  `memory per certificate      ${Math.round((heapUsed() - empty) / cold.totalCount)} bytes${globalThis.gc ? '' : ' (run with --expose-gc for a figure that counts)'}`,
)

await app.close()
vendors.kill()
