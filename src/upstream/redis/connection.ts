import { isIP } from 'node:net'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import { isObject } from '../../is-object.ts'
import type { Clock } from '../clock.ts'
import { probeKey } from './keys.ts'
import { probe } from './scripts.ts'

/** Something that has to react when Redis is lost and when it is back. */
export interface ConnectionListener {
  onLost(): void
  /** Scripts that are run here precede all others. */
  onRestored(): void
}

const minRetryDelay = 500
const maxRetryDelay = 60_000

/** The connection to Redis. A Redis that is slow, full or read-only counts as lost. */
export class RedisConnection {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #redis: Redis
  readonly #listeners: ConnectionListener[] = []
  readonly #closed = new AbortController()
  readonly #started: Promise<void>
  #state: 'starting' | 'shared' | 'alone' = 'starting'
  #lastError: unknown
  /** Whether the connection is being ended. Many commands may fail until it is. */
  #isEnding = false
  #lossReason: string | null = null
  /** Monotonic time. */
  #restoredAt = Number.NEGATIVE_INFINITY
  /** Grows while Redis is lost soon after each return: every return costs a replica its share of a window. */
  #retryDelay = minRetryDelay

  constructor(url: string, clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
    this.#redis = new Redis(toOptions(url))
    this.#redis.on('error', (error) => {
      this.#lastError = error
    })
    this.#redis.on('close', () => {
      this.#isEnding = false
      this.#lose(this.#lastError)
      this.#lastError = undefined
    })
    this.#started = this.#start()
  }

  get state(): 'shared' | 'alone' {
    return this.#state === 'shared' ? 'shared' : 'alone'
  }

  /** Why Redis was lost the last time, as a code; null while it never was. */
  get lossReason(): string | null {
    return this.#lossReason
  }

  addListener(listener: ConnectionListener): void {
    this.#listeners.push(listener)
  }

  /** Whether Redis is available. Waits for the first attempt to connect. */
  async isShared(): Promise<boolean> {
    await this.#started
    return this.#state === 'shared'
  }

  /** Returns the result of a script; undefined when Redis is lost. Scripts run in the order of the calls. */
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
      await this.#probe()
      this.#state = 'shared'
    } catch (error) {
      this.#lose(error)
    }
  }

  #probe(): Promise<unknown> {
    return this.#redis.eval(probe, 1, probeKey)
  }

  #lose(error: unknown): void {
    if (this.#closed.signal.aborted) return
    // Late answers must not arrive, and the next connection may lead to another, healthy Redis.
    if (this.#redis.status === 'ready' && !this.#isEnding) this.#redis.disconnect(true)
    this.#isEnding = this.#redis.status === 'ready'
    if (this.#state === 'alone') return
    this.#state = 'alone'
    const hasLasted = this.#clock.elapsed() - this.#restoredAt >= maxRetryDelay
    this.#retryDelay = hasLasted ? minRetryDelay : Math.min(2 * this.#retryDelay, maxRetryDelay)
    this.#lossReason = toReason(error)
    this.#log.warn(
      { cause: this.#lossReason },
      'Redis is not available: this replica continues alone, with its share of each rate limit',
    )
    for (const listener of this.#listeners) listener.onLost()
    this.#restore().catch(() => {})
  }

  async #restore(): Promise<void> {
    do {
      await this.#clock.sleep(this.#retryDelay, this.#closed.signal)
    } while (!(await this.#isBack()))
    this.#state = 'shared'
    this.#restoredAt = this.#clock.elapsed()
    this.#log.info('Redis is available again: rate limits and readings are shared')
    for (const listener of this.#listeners) listener.onRestored()
  }

  async #isBack(): Promise<boolean> {
    try {
      await this.#probe()
      return true
    } catch (error) {
      this.#lose(error)
      return false
    }
  }
}

/** Connects once, and returns null, or why Redis is not available. */
export async function tryRedis(
  url: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<string | null> {
  const connection = new RedisConnection(url, clock, log)
  const isShared = await connection.isShared()
  connection.close()
  return isShared ? null : (connection.lossReason ?? 'closed')
}

const maxWait = 2_000
const maxReconnectDelay = 1_000

/** The options for a URL that the configuration has checked. A command that takes longer than two seconds fails. */
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
    connectTimeout: maxWait,
    commandTimeout: maxWait,
    disconnectTimeout: 100,
    retryStrategy: (times) => Math.min(50 * 2 ** times, maxReconnectDelay),
    lazyConnect: true,
    // A command is useful only now: none is queued for a later connection, and none is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The probe finds out more than the ready check does.
    enableReadyCheck: false,
    disableClientInfo: true,
  }
}

/** The name of an error, for the log. Not its message, which may quote the URL or a command. */
function toReason(error: unknown): string {
  if (!isObject(error)) return 'closed'
  const { code, message, name } = error
  if (typeof code === 'string') return code
  // ioredis gives this error no code.
  if (message === 'Command timed out') return 'ETIMEDOUT'
  // An error of Redis begins with a code such as OOM or WRONGPASS.
  const [reply = String(name)] = /^[A-Z]+(?= )/.exec(String(message)) ?? []
  return reply
}
