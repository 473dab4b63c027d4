import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import process from 'node:process'
import { describe } from '@jest/globals'
import { Redis } from 'ioredis'
import { freePort } from '../../../scripts/free-port.ts'
import { until } from './until.ts'

const BINARY = '/usr/bin/redis-server'

/** Without Redis these tests are skipped, unless CERTGRAPH_TEST_REDIS requires it. */
const isPossible = existsSync(BINARY) || process.env['CERTGRAPH_TEST_REDIS'] === 'required'
if (!isPossible) process.stderr.write(`The tests with Redis are skipped: ${BINARY} is missing.\n`)

export const describeWithRedis = isPossible ? describe : describe.skip

/** A Redis server on this machine that stores nothing on disk. */
export interface RunningRedis {
  readonly url: string
  /** Runs commands on a connection that is closed afterwards. */
  use<Value>(work: (client: Redis) => Promise<Value>): Promise<Value>
  /** Every key with its value as text. */
  dump(): Promise<ReadonlyMap<string, string>>
  stop(): Promise<void>
  /** Starts the server again, on the same port and empty. */
  start(): Promise<void>
  /** Suspends the process: connections are accepted and not answered until `thaw`. */
  freeze(): void
  thaw(): void
}

export async function startRedis(): Promise<RunningRedis> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let running: ChildProcess | undefined

  const redis: RunningRedis = {
    url,
    async use(work) {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
      client.on('error', () => {})
      try {
        await client.connect()
        return await work(client)
      } finally {
        if (client.status !== 'end') client.disconnect()
      }
    },
    dump: () =>
      redis.use(async (client) => {
        const keys = await client.keys('*')
        return new Map(await Promise.all(keys.map(async (key) => [key, await textOf(client, key)] as const)))
      }),
    async start() {
      const memory = ['--save', '', '--appendonly', 'no', '--dir', tmpdir()]
      running = spawn(BINARY, ['--port', `${port}`, '--bind', '127.0.0.1', ...memory], { stdio: 'ignore' })
      await once(running, 'spawn')
      await until(() => redis.use((client) => client.ping()).then(Boolean, () => false))
    },
    async stop() {
      if (!running || running.exitCode !== null || running.signalCode !== null) return
      running.kill('SIGKILL')
      await once(running, 'exit')
    },
    freeze: () => void running?.kill('SIGSTOP'),
    thaw: () => void running?.kill('SIGCONT'),
  }
  await redis.start()
  return redis
}

async function textOf(client: Redis, key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'string':
      return (await client.get(key)) ?? ''
    case 'hash':
      return JSON.stringify(await client.hgetall(key))
    default:
      return JSON.stringify(await client.zrange(key, 0, -1, 'WITHSCORES'))
  }
}
