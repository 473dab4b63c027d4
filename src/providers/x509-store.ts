import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { AnswerBasis } from '../answer-basis.ts'
import type { X509Details } from '../catalog/x509.ts'
import type { Clock } from '../upstream/clock.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { KeptTexts, TextBounds } from '../upstream/kept-texts.ts'
import { parseKeptAt, parseX509Text, toX509Text } from './x509-text.ts'

const maxEntries = 20_000
/** A certificate that cannot be parsed is read again after this time: the response may have been damaged. */
const failureTtl = 3_600_000
const day = 86_400_000
/** Details of certificates that are in use are kept again after this time, so that those of others are dropped first. */
const maxKeptAge = 30 * day
/** About 100 MB. A certificate that was replaced is not in use any more. */
export const x509Bounds: TextBounds = { maxCount: 100_000, maxAge: 90 * day, yieldsRoom: true }

/** Identifies a certificate. */
export interface X509Key {
  readonly text: string
  /** The SHA-256 fingerprint that its details must have; null when the vendor's id identifies it. */
  readonly fingerprint: string | null
  /** Whether the same certificate has the key for good, and in every process. */
  readonly isLasting: boolean
  /** Whether details may be those of the certificate, by what its list says. Absent: the key is enough. */
  accepts?(details: X509Details): boolean
}

/** The key of a certificate with a known fingerprint: the same one is the same certificate at any vendor. */
export function fingerprintKey(fingerprint: string): X509Key {
  return { text: fingerprint, fingerprint, isLasting: true }
}

/** The key of a certificate with an id of the vendor, which is unique in one place at one address. */
export function idKey(...parts: readonly string[]): X509Key {
  const text = createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
  return { text, fingerprint: null, isLasting: true }
}

interface Known {
  readonly details: X509Details
  /** Wall-clock time. */
  keptAt: number
}

interface Failure {
  readonly error: UpstreamError
  readonly until: number
}

/**
 * What was parsed of X.509 certificates. A certificate never changes: its details are kept for good, in this process while
 * there is room, and for an hour that it cannot be parsed. The PEM is not kept.
 */
export class X509Store {
  readonly #clock: Clock
  readonly #texts: KeptTexts
  readonly #results = new LRUCache<string, Known | Failure>({ max: maxEntries })
  /** The keys of the details that were found since this day began. */
  readonly #found = new Set<string>()
  #dayEndsAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, texts: KeptTexts) {
    this.#clock = clock
    this.#texts = texts
  }

  /**
   * The details of a certificate. One that was not parsed yet is loaded and parsed. The answer with the failure of an
   * earlier attempt expires with it.
   * @throws UpstreamError when it cannot be loaded or parsed
   */
  async read<Loaded>(
    key: X509Key,
    load: () => Promise<Loaded>,
    parse: (loaded: Loaded) => X509Details,
    basis?: AnswerBasis,
  ): Promise<X509Details> {
    const known = this.#get(key, basis) ?? (await this.#getKept(key))
    if (known) return known
    const loaded = await load()
    try {
      const details = parse(loaded)
      this.#keep(key, details)
      return details
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'UPSTREAM_MALFORMED_RESPONSE') {
        this.#results.set(key.text, { error, until: this.#clock.elapsed() + failureTtl })
      }
      throw error
    }
  }

  /** Whether `read` needs no call, as far as can be seen without parsing. Keeps the details again when that is due. */
  has(key: X509Key): boolean | Promise<boolean> {
    if (this.#clock.elapsed() >= this.#dayEndsAt) {
      this.#found.clear()
      this.#dayEndsAt = this.#clock.elapsed() + day
    }
    return this.#found.has(key.text) || this.#find(key)
  }

  async #find(key: X509Key): Promise<boolean> {
    const result = this.#results.peek(key.text)
    if (result && 'until' in result) return this.#clock.elapsed() < result.until
    if (result && key.accepts?.(result.details) === false) return false
    const keptAt = key.isLasting ? await this.#findKept(key) : null
    if (keptAt === null && !result) return false
    if (result && (keptAt === null || this.#isDue(keptAt))) this.#keep(key, result.details)
    this.#found.add(key.text)
    return true
  }

  /** When the details were kept; null when they are not. */
  async #findKept({ text: key, accepts }: X509Key): Promise<number | null> {
    const text = await this.#texts.get(key)
    const keptAt = text === null ? null : parseKeptAt(text)
    if (text !== null && accepts) {
      const details = parseX509Text(text)
      if (!details || !accepts(details)) return null
    }
    if (text !== null && keptAt !== null && this.#isDue(keptAt)) {
      const details = parseX509Text(text)
      if (details) void this.#texts.set(key, toX509Text(details, this.#clock.now()))
    }
    return keptAt
  }

  #get(key: X509Key, basis?: AnswerBasis): X509Details | undefined {
    const result = this.#results.get(key.text)
    if (!result) return undefined
    if ('until' in result) {
      basis?.expireAt(result.until)
      if (this.#clock.elapsed() < result.until) throw result.error
      return undefined
    }
    if (key.accepts?.(result.details) === false) return undefined
    if (this.#isDue(result.keptAt)) this.#keep(key, result.details)
    return result.details
  }

  /** The details that another process has kept, or this one before it was restarted. */
  async #getKept(key: X509Key): Promise<X509Details | null> {
    if (!key.isLasting) return null
    const text = await this.#texts.get(key.text)
    const details = text === null ? null : parseX509Text(text)
    if (text === null || !details) return null
    if (key.accepts?.(details) === false) return null
    if (key.fingerprint !== null && details.sha256Fingerprint !== key.fingerprint) return null
    const keptAt = parseKeptAt(text) ?? 0
    if (this.#isDue(keptAt)) this.#keep(key, details)
    else this.#results.set(key.text, { details, keptAt })
    return details
  }

  #keep(key: X509Key, details: X509Details): void {
    const keptAt = this.#clock.now()
    this.#results.set(key.text, { details, keptAt })
    // What is in memory is here already.
    if (key.isLasting && this.#texts.isKept) void this.#texts.set(key.text, toX509Text(details, keptAt))
  }

  #isDue(keptAt: number): boolean {
    return Math.abs(this.#clock.now() - keptAt) > maxKeptAge
  }
}
