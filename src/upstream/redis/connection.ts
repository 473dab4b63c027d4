import { isIP } from 'node:net'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { probeKey } from './keys.ts'
import { probe } from './scripts.ts'

/** Whoever keeps something that Redis has to know. */
export interface ConnectionListener {
  onLost(): void
  /** What is written now comes before everything else. */
  onRestored(): void
}

const betweenTries = 500
const longestBetweenTries = 60_000

/** The way to Redis. A Redis that is slow, full or read-only is as good as none. */
export class RedisConnection {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #redis: Redis
  readonly #watchers: ConnectionListener[] = []
  readonly #closed = new AbortController()
  readonly #started: Promise<void>
  #state: 'starting' | 'shared' | 'alone' = 'starting'
  #lastError: unknown
  #returnedAt = Number.NEGATIVE_INFINITY
  /** It grows as long as Redis goes again soon after it has come back: each time costs a replica its share of a window. */
  #betweenTries = betweenTries

  constructor(url: string, clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
    this.#redis = new Redis(toOptions(url))
    this.#redis.on('error', (error) => {
      this.#lastError = error
    })
    this.#redis.on('close', () => {
      this.#lose(this.#lastError)
      this.#lastError = undefined
    })
    this.#started = this.#start()
  }

  get state(): 'shared' | 'alone' {
    return this.#state === 'shared' ? 'shared' : 'alone'
  }

  addListener(watcher: ConnectionListener): void {
    this.#watchers.push(watcher)
  }

  /** Whether Redis is there; at the start, once that is known. */
  async isShared(): Promise<boolean> {
    await this.#started
    return this.#state === 'shared'
  }

  /** What a script says; undefined when Redis is gone, or goes. Scripts run in the order in which they are asked for. */
  async run(script: string, keys: readonly string[], args: readonly (string | number)[] = []): Promise<unknown> {
    if (this.#state !== 'shared') return undefined
    try {
      return await this.#redis.eval(script, keys.length, ...keys, ...args)
    } catch (error) {
      this.#lose(error)
      return undefined
    }
  }

  close(): void {
    this.#closed.abort()
    this.#redis.disconnect()
  }

  async #start(): Promise<void> {
    try {
      await this.#redis.connect()
      await this.#tryOut()
      this.#state = 'shared'
    } catch (error) {
      this.#lose(error)
    }
  }

  #tryOut(): Promise<unknown> {
    return this.#redis.eval(probe, 1, probeKey)
  }

  #lose(error: unknown): void {
    if (this.#closed.signal.aborted) return
    // What has not answered by now must not answer later, and the next connection may lead to a Redis that is well.
    if (this.#redis.status === 'ready') this.#redis.disconnect(true)
    if (this.#state === 'alone') return
    this.#state = 'alone'
    const hasLasted = this.#clock.now() - this.#returnedAt >= longestBetweenTries
    this.#betweenTries = hasLasted ? betweenTries : Math.min(2 * this.#betweenTries, longestBetweenTries)
    this.#log.warn(
      { cause: reasonOf(error) },
      'Redis is gone: this replica goes on alone, with its share of each budget',
    )
    for (const watcher of this.#watchers) watcher.onLost()
    this.#comeBack().catch(() => {})
  }

  async #comeBack(): Promise<void> {
    do {
      await this.#clock.sleep(this.#betweenTries, this.#closed.signal)
    } while (!(await this.#isBack()))
    this.#state = 'shared'
    this.#returnedAt = this.#clock.now()
    this.#log.info('Redis is back: budgets and readings are shared again')
    for (const watcher of this.#watchers) watcher.onRestored()
  }

  async #isBack(): Promise<boolean> {
    try {
      await this.#tryOut()
      return true
    } catch (error) {
      this.#lose(error)
      return false
    }
  }
}

const longestWait = 2_000
const longestBackoff = 1_000

/** How Redis is reached, from a URL that the configuration has checked. What does not succeed within two seconds has failed. */
function toOptions(url: string): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: Number(port) || 6379,
    db: Number(pathname.slice(1)),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: isIP(host) ? {} : { servername: host } }),
    connectTimeout: longestWait,
    commandTimeout: longestWait,
    disconnectTimeout: 100,
    retryStrategy: (times) => Math.min(50 * 2 ** times, longestBackoff),
    lazyConnect: true,
    // A command is for now: none is kept for a Redis that may come back, and none is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Whether Redis is of use is found by using it.
    enableReadyCheck: false,
    disableClientInfo: true,
  }
}

/** What an error is called. Not its message, which may quote the URL or a command. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'closed'
  if ('code' in error && typeof error.code === 'string') return error.code
  // The library's own words.
  if (error.message === 'Command timed out') return 'ETIMEDOUT'
  // Redis begins what it refuses with a code of its own, such as OOM or WRONGPASS.
  const [code = error.name] = /^[A-Z]+(?= )/.exec(error.message) ?? []
  return code
}
