import { LRUCache } from 'lru-cache'
import type { X509Details } from '../catalog/x509.ts'
import { UpstreamError } from '../upstream/error.ts'

const maxEntries = 20_000

/**
 * What was parsed of X.509 certificates. A certificate never changes: the result of parsing it is kept while there is room,
 * also when it cannot be parsed. The PEM is not kept.
 */
export class X509Store {
  readonly #results = new LRUCache<string, X509Details | UpstreamError>({ max: maxEntries })

  /** The details of a certificate; undefined when it was not parsed yet. @throws UpstreamError when it cannot be parsed */
  get(key: string): X509Details | undefined {
    const result = this.#results.get(key)
    if (result instanceof UpstreamError) throw result
    return result
  }

  /** Parses a certificate and keeps the result. @throws UpstreamError when it cannot be parsed */
  keep(key: string, parse: () => X509Details): X509Details {
    try {
      const details = parse()
      this.#results.set(key, details)
      return details
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'UPSTREAM_MALFORMED_RESPONSE') this.#results.set(key, error)
      throw error
    }
  }
}
