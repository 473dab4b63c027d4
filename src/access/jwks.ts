import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Logger } from 'pino'
import { withTimeout } from '../upstream/call/timeout.ts'
import type { Clock } from '../upstream/clock.ts'
import type { Transport } from '../upstream/transport.ts'

export interface JwksOptions {
  readonly clock: Clock
  /** Reads no more than `longestKeySet`. */
  readonly transport: Transport
  readonly log: Logger
}

/** No keys of an issuer are known, or none that are young enough. */
export class KeysUnavailable extends Error {}

/** How long keys serve before they are fetched again. */
const freshFor = 10 * 60_000
/** How long they serve when they cannot be: a key that the issuer took back is accepted no longer than that. */
const usableFor = 60 * 60_000
/** Tokens that name unknown keys cost the issuer no more than one call in this time. */
const pauseAfterAnswer = 30_000
const pauseAfterFailure = 5_000
const timeout = 5_000
/** Bytes of a key set: many times what any issuer publishes. */
export const longestKeySet = 1_000_000

/**
 * An issuer's public keys, fetched when a token needs them, and again when they are old or a token names one that is
 * not among them.
 * @throws KeysUnavailable from the function it gives; its other errors are jose's
 */
export function createKeySet(url: string, { clock, transport, log }: JwksOptions): JWTVerifyGetKey {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | null = null
  let pause = { from: 0, length: 0 }
  let hasFailed = false
  let renewal: Promise<void> | null = null

  /** How long ago it is. Of a moment that is still to come nobody knows, for the clock was set back. */
  function ageOf(moment: number): number {
    const age = clock.now() - moment
    return age < 0 ? Number.POSITIVE_INFINITY : age
  }

  async function fetchKeys(signal: AbortSignal): Promise<JWTVerifyGetKey> {
    const headers = { accept: 'application/json' }
    const { status, text } = await transport.send({ method: 'GET', url: new URL(url), headers }, signal)
    if (status !== 200) throw new Error(`answered ${status}`)
    return createLocalJWKSet(JSON.parse(text))
  }

  async function fetchAnew(): Promise<void> {
    const at = clock.now()
    try {
      const expired = () => new Error(`no answer in ${timeout} ms`)
      const find = await withTimeout({ clock, milliseconds: timeout, expired }, fetchKeys)
      known = { find, at }
      pause = { from: at, length: pauseAfterAnswer }
      hasFailed = false
    } catch (error) {
      pause = { from: clock.now(), length: pauseAfterFailure }
      hasFailed = true
      log.warn({ jwksUrl: url, reason: error instanceof Error ? error.message : 'unknown' }, 'no keys of an issuer')
    }
  }

  /** One call for all who wait. */
  async function renew(): Promise<void> {
    if (!renewal && ageOf(pause.from) < pause.length) return
    renewal ??= fetchAnew().finally(() => {
      renewal = null
    })
    await renewal
  }

  /** Those that serve now: renewed first when they are old, or behind where that has failed and nobody should wait for it. */
  async function keysNow(): Promise<JWTVerifyGetKey> {
    if (!known || ageOf(known.at) > freshFor) {
      const renewed = renew()
      if (!hasFailed || !known || ageOf(known.at) > usableFor) await renewed
    }
    if (!known || ageOf(known.at) > usableFor) throw new KeysUnavailable()
    return known.find
  }

  return async (header, token) => {
    const first = await keysNow()
    try {
      return await first(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await renew()
      if (!known || known.find === first) throw error
      return known.find(header, token)
    }
  }
}
