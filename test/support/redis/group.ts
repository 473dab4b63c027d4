import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import type { Call } from '../../../src/sandbox/call.ts'
import type { Effect } from '../../../src/sandbox/fault.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { startRedis } from './redis-server.ts'
import type { ReplicaSettings } from './replica.ts'

const script = fileURLToPath(new URL('replica.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')

export const window = 3_000
export const maxCalls = 10
const limits: readonly Limit[] = [{ resource: 'active certificates', calls: maxCalls, window, source: 'a test' }]

/** One of several processes that run the program. */
export interface Replica {
  readonly process: ChildProcess
  /** The log so far, parsed. */
  readonly log: readonly Record<string, unknown>[]
  health(): Promise<Record<string, unknown>>
  ask<Data>(query: string): Promise<Data>
  /** Reads one contract and returns its source. */
  read(contract: string, maxStaleness?: string): Promise<Source>
}

interface Source {
  readonly status: string
  readonly asOf: string | null
  readonly error: { readonly code: string } | null
}

export type ReplicaGroup = Awaited<ReturnType<typeof startReplicaGroup>>

/** Three processes of the program with one Redis, and an Akamai emulator without rate limits. */
export async function startReplicaGroup(contracts: number) {
  const redis = await startRedis()
  const scale = { contractsPerAccount: contracts, enrollmentsPerContract: 2 }
  const akamai = await startAkamaiSandbox({ now: Date.now, limits: false, scale })
  const listings: { readonly call: Call; readonly contract: string | null; readonly at: number }[] = []
  const note = (call: Call) => {
    const isNew = call.path.endsWith('/active-certificates') && !listings.some((listing) => listing.call === call)
    if (isNew) listings.push({ call, contract: call.query.get('contractId'), at: Date.now() })
  }
  /** Applies a fault to the list calls of one contract. A call that matches one fault is not offered to the others. */
  const failList = (contract: string | null, effect: Effect, times = Number.POSITIVE_INFINITY) =>
    akamai.emulator.fault({
      match(call) {
        note(call)
        return call.query.get('contractId') === contract
      },
      effect,
      times,
    })
  failList('none', 'hang')

  const file = {
    akamai: akamai.config,
    redis: { url: redis.url, replicas: 3 },
    upstream: { deadline: '60s', ttl: '10m', minReadingAge: '1ms' },
  }
  const replicas = await Promise.all([0, 1, 2].map(() => startReplica({ file, limits })))
  return {
    redis,
    akamai,
    replicas,
    /** The list calls that were received, in order. */
    listings,
    failList,
    async close() {
      for (const { process } of replicas) process.kill('SIGKILL')
      await akamai.close()
      await redis.stop()
    },
  }
}

/**
 * The tolerance for a busy machine, which may record one call late and the next one at once. A fixed window would allow
 * twice as many calls around its edge: this tolerance does not hide that.
 */
const jitter = window / 4

/** The largest number of list calls within one window, less the tolerance. */
export function maxCallsInWindow(listings: ReplicaGroup['listings']): number {
  const times = listings.map(({ at }) => at)
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + window - jitter).length))
}

async function startReplica(order: ReplicaSettings): Promise<Replica> {
  const child = fork(script, { execArgv: ['--import', tsx], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  const log: Record<string, unknown>[] = []
  let rest = ''
  child.stderr?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    log.push(...lines.map((line) => JSON.parse(line)))
  })
  child.send(order)
  const [url] = (await once(child, 'message')) as [string]
  const replica: Replica = {
    process: child,
    log,
    health: async () => (await fetch(`${url}/health`)).json() as Promise<Record<string, unknown>>,
    async ask(query) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      const { data } = (await response.json()) as { data: never }
      return data
    },
    async read(contract, maxStaleness) {
      const listed = maxStaleness ? `certificates(maxStaleness: "${maxStaleness}") { totalCount }` : ''
      const source = 'source { status asOf error { code } }'
      const query = `{ akamaiContract(id: "${contract}") { ${listed} ${source} } }`
      return (await replica.ask<{ akamaiContract: { source: Source } }>(query)).akamaiContract.source
    },
  }
  return replica
}
