import { LRUCache } from 'lru-cache'
import type { AnswerBasis } from '../answer-basis.ts'
import type { X509Details } from '../catalog/x509.ts'
import type { Clock } from '../upstream/clock.ts'
import { UpstreamError } from '../upstream/error.ts'

const maxEntries = 20_000
/** A certificate that cannot be parsed is read again after this time: the response may have been damaged. */
const failureTtl = 3_600_000

interface Failure {
  readonly error: UpstreamError
  readonly until: number
}

/**
 * What was parsed of X.509 certificates. A certificate never changes: its details are kept while there is room, and for an
 * hour that it cannot be parsed. The PEM is not kept.
 */
export class X509Store {
  readonly #clock: Clock
  readonly #results = new LRUCache<string, X509Details | Failure>({ max: maxEntries })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The details of a certificate. One that was not parsed yet is loaded and parsed. The answer with the failure of an
   * earlier attempt expires with it.
   * @throws UpstreamError when it cannot be loaded or parsed
   */
  async read<Loaded>(
    key: string,
    load: () => Promise<Loaded>,
    parse: (loaded: Loaded) => X509Details,
    basis?: AnswerBasis,
  ): Promise<X509Details> {
    const known = this.#get(key, basis)
    if (known) return known
    const loaded = await load()
    try {
      const details = parse(loaded)
      this.#results.set(key, details)
      return details
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'UPSTREAM_MALFORMED_RESPONSE') {
        this.#results.set(key, { error, until: this.#clock.elapsed() + failureTtl })
      }
      throw error
    }
  }

  #get(key: string, basis?: AnswerBasis): X509Details | undefined {
    const result = this.#results.get(key)
    if (!result || !('until' in result)) return result
    basis?.expireAt(result.until)
    if (this.#clock.elapsed() < result.until) throw result.error
    return undefined
  }
}
