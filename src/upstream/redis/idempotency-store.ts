import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Identity } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { Heartbeat } from '../heartbeat.ts'
import {
  type IdempotencyStore,
  MemoryIdempotencyStore,
  type RequestLease,
  type RequestState,
} from '../idempotency-store.ts'
import { idempotencyTtl, type RequestRecord } from '../request-records.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import { acquireRequest, publishRequest, readRequest, saveRequest } from './idempotency-scripts.ts'
import type { Keyring, Keys } from './keys.ts'
import { holdToken, releaseToken } from './token-scripts.ts'

/** How long a lease lasts without a renewal: a repeat of a request whose process has ended waits for this time. */
const leaseTtl = 10_000
const renewInterval = 1_000
const pollInterval = 250

/** A record that was made while Redis was lost. */
interface Unpublished {
  readonly keys: Keys
  readonly record: RequestRecord
}

/** The requests of all accounts that replicas share through Redis. Without Redis, each replica remembers its own. */
export class RedisIdempotencyStores implements ConnectionListener {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keyring: Keyring
  readonly #own: MemoryIdempotencyStore
  readonly #accounts: Keys[] = []
  /** By the key of the request. A record is published as long as this process remembers it. */
  readonly #unpublished = new Map<string, Unpublished>()

  constructor(clock: Clock, connection: RedisConnection, keyring: Keyring) {
    this.#clock = clock
    this.#connection = connection
    this.#keyring = keyring
    this.#own = new MemoryIdempotencyStore(clock, (key) => this.#unpublished.delete(key))
    connection.addListener(this)
  }

  /** Creates the store of one account. */
  create(identity: Identity): IdempotencyStore {
    const keys = this.#keyring.keysOf(identity)
    this.#accounts.push(keys)
    return { acquire: (key, owner) => this.#acquire(keys, key, owner) }
  }

  onLost(): void {}

  onRestored(): void {
    for (const [key, entry] of [...this.#unpublished.entries()]) void this.#publish(key, entry)
  }

  async #publish(key: string, entry: Unpublished): Promise<void> {
    const { keys, record } = entry
    const name = nameOf(keys, key)
    const args = [toText(keys, name, record), idempotencyTtl, record.result === null ? 0 : 1]
    const isDone = (await this.#connection.run(publishRequest, [name], args)) !== undefined
    if (isDone && this.#unpublished.get(key) === entry) this.#unpublished.delete(key)
  }

  async #acquire(keys: Keys, key: string, owner: string): Promise<RequestState> {
    const own = await this.#own.acquire(key, owner)
    if (!own.lease || (own.record && own.record.result !== null)) return own
    if (!(await this.#connection.isShared())) return { ...own, lease: this.#withoutRedis(keys, key, own.lease) }
    const lease = new RequestHolder(this.#clock, this.#connection, keys, key)
    const { data } = acquired.safeParse(await lease.acquire())
    if (!data) return { ...own, lease: this.#withoutRedis(keys, key, own.lease) }
    const [holder, text] = data
    const record = parseRecord(keys, nameOf(keys, key), text)
    if (holder === 'theirs') {
      await own.lease.release()
      return { lease: null, record, ended: (signal) => this.#clock.sleep(pollInterval, signal) }
    }
    lease.startRenewing()
    return {
      lease: this.#withOwn(lease, keys, key, own.lease),
      record: record ?? own.record ?? (await this.#findElsewhere(keys, key)),
    }
  }

  /** The record of the same key for another account: there it has another input. */
  async #findElsewhere(own: Keys, key: string): Promise<RequestRecord | null> {
    const others = this.#accounts.filter((keys) => keys !== own)
    const records = await Promise.all(
      others.map(async (keys) => {
        const name = nameOf(keys, key)
        return parseRecord(keys, name, await this.#connection.run(readRequest, [name]))
      }),
    )
    return records.find((record) => record !== null) ?? null
  }

  #withoutRedis(keys: Keys, key: string, own: RequestLease): RequestLease {
    return {
      save: async (record) => {
        const outcome = await own.save(record)
        if (record && outcome === 'saved') this.#unpublished.set(key, { keys, record })
        return outcome
      },
      release: () => own.release(),
    }
  }

  /** A lease in Redis and in this process. */
  #withOwn(lease: RequestHolder, keys: Keys, key: string, own: RequestLease): RequestLease {
    return {
      save: async (record) => {
        const isHeld = await lease.save(record)
        // The result is known, also if another replica has begun to repeat the request.
        if (isHeld === false && !record?.result) return 'lost'
        const outcome = await own.save(record)
        if (isHeld !== undefined) return 'saved'
        if (record && outcome === 'saved') this.#unpublished.set(key, { keys, record })
        return outcome
      },
      release: async () => {
        // The result is returned without waiting for Redis.
        void lease.release()
        await own.release()
      },
    }
  }
}

const acquired = z.tuple([z.enum(['mine', 'theirs']), z.string()])

/** The right to run a request in any replica. It is renewed until it is released, and ends soon after a crash. */
class RequestHolder {
  readonly #token = randomUUID()
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #name: string
  readonly #heartbeat: Heartbeat

  constructor(clock: Clock, connection: RedisConnection, keys: Keys, key: string) {
    this.#connection = connection
    this.#keys = keys
    this.#name = nameOf(keys, key)
    this.#heartbeat = new Heartbeat(clock, renewInterval, () =>
      connection.run(holdToken, [this.#leaseName], [this.#token, leaseTtl]),
    )
  }

  acquire(): Promise<unknown> {
    return this.#connection.run(acquireRequest, [this.#name, this.#leaseName], [this.#token, leaseTtl])
  }

  startRenewing(): void {
    this.#heartbeat.start()
  }

  /** False if another replica holds the lease; undefined when Redis is lost. */
  async save(record: RequestRecord | null): Promise<boolean | undefined> {
    const text = record ? toText(this.#keys, this.#name, record) : ''
    const args = [this.#token, leaseTtl, text, idempotencyTtl, record?.result ? 1 : 0]
    const isHeld = await this.#connection.run(saveRequest, [this.#name, this.#leaseName], args)
    return isHeld === undefined ? undefined : isHeld === 1
  }

  async release(): Promise<void> {
    this.#heartbeat.end()
    await this.#connection.run(releaseToken, [this.#leaseName], [this.#token])
  }

  get #leaseName(): string {
    return `${this.#name}:lease`
  }
}

function nameOf(keys: Keys, key: string): string {
  return keys.ofValue(`request:${key}`)
}

function toText(keys: Keys, name: string, record: RequestRecord): string {
  return keys.values.sign(name, idempotencyTtl, JSON.stringify(record))
}

const requestRecord = z.object({ digest: z.string(), sentAt: z.int(), result: z.string().nullable() })

/** Parses an untrusted record; null when no replica of this account has signed it, or it has expired. */
function parseRecord(keys: Keys, name: string, text: unknown): RequestRecord | null {
  const value = typeof text === 'string' ? keys.values.verifyCurrent(name, text) : null
  return value && (requestRecord.safeParse(JSON.parse(value.body)).data ?? null)
}
