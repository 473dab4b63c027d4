import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Logger } from 'pino'
import { withTimeout } from '../upstream/call/timeout.ts'
import type { Clock } from '../upstream/clock.ts'
import type { Transport } from '../upstream/transport.ts'

export interface JwksOptions {
  readonly clock: Clock
  /** Reads at most `maxKeySetBytes` of a response. */
  readonly transport: Transport
  readonly log: Logger
  /** The key sets by URL, which a configuration that is read again keeps. */
  readonly keySets?: Map<string, JWTVerifyGetKey>
}

/** No keys of the issuer are available, or they are too old. */
export class KeysUnavailable extends Error {}

/** Age at which keys are fetched again. */
const refreshAge = 10 * 60_000
/** Age at which keys expire when they cannot be fetched again. Bounds how long a revoked key is accepted. */
const maxAge = 60 * 60_000
/** Minimum time between two fetches, also when tokens name unknown keys. */
const pauseAfterSuccess = 30_000
const pauseAfterFailure = 5_000
const timeout = 5_000

/**
 * Caches the public keys of an issuer. They are fetched when a token needs them, when they are old, and when a token names
 * an unknown key.
 * @throws KeysUnavailable from the returned function, besides the errors of jose
 */
export function createKeySet(url: string, { clock, transport, log }: JwksOptions): JWTVerifyGetKey {
  let keys: { readonly find: JWTVerifyGetKey; readonly at: number } | null = null
  /** Monotonic time, like all times here. */
  let pausedUntil = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let refresh: Promise<void> | null = null

  const ageOf = (moment: number) => clock.elapsed() - moment

  async function fetchKeys(signal: AbortSignal): Promise<JWTVerifyGetKey> {
    const headers = { accept: 'application/json' }
    const { status, text } = await transport.send({ method: 'GET', url: new URL(url), headers }, signal)
    if (status !== 200) throw new Error(`responded with status ${status}`)
    return createLocalJWKSet(JSON.parse(text))
  }

  async function replaceKeys(): Promise<void> {
    const at = clock.elapsed()
    try {
      const expired = () => new Error(`no response within ${timeout} ms`)
      const find = await withTimeout({ clock, milliseconds: timeout, expired }, fetchKeys)
      keys = { find, at }
      pausedUntil = at + pauseAfterSuccess
      hasFailed = false
    } catch (error) {
      pausedUntil = clock.elapsed() + pauseAfterFailure
      hasFailed = true
      const reason = error instanceof Error ? error.message : 'unknown'
      log.warn({ jwksUrl: url, reason }, 'the keys of an issuer cannot be fetched')
    }
  }

  /** Fetches the keys, once for all callers that wait for them. */
  async function refreshKeys(): Promise<void> {
    if (!refresh && clock.elapsed() < pausedUntil) return
    refresh ??= replaceKeys().finally(() => {
      refresh = null
    })
    await refresh
  }

  /** Returns usable keys. Old ones are refreshed first, or in the background when the last fetch failed. */
  async function currentKeys(): Promise<JWTVerifyGetKey> {
    if (!keys || ageOf(keys.at) > refreshAge) {
      const refreshed = refreshKeys()
      if (!hasFailed || !keys || ageOf(keys.at) > maxAge) await refreshed
    }
    if (!keys || ageOf(keys.at) > maxAge) throw new KeysUnavailable()
    return keys.find
  }

  return async (header, token) => {
    const find = await currentKeys()
    try {
      return await find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refreshKeys()
      if (!keys || keys.find === find) throw error
      return keys.find(header, token)
    }
  }
}
