import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { addressOf, isPublicAddress } from './public-address.ts'

/** No address of the host may be connected to. The message has no address: the host may be a secret. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError'
  constructor() {
    super('the host has no public address')
  }
}

/** Finds all addresses of a name, as `dns.lookup` does. */
export type LookupAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

interface ConnectorOptions {
  /** Whether addresses are connected to that are not public, such as those of a private network. */
  readonly allowPrivate: boolean
  readonly lookup?: LookupAll
  /** Certificates of authorities to trust in place of the system's. */
  readonly ca?: string | undefined
}

/**
 * Creates the function that opens connections. The check is made on the addresses that the connection then uses: a name that
 * is resolved twice may have another address the second time.
 */
export function createConnector({
  allowPrivate,
  lookup = systemLookup,
  ca,
}: ConnectorOptions): buildConnector.connector {
  const trusted = ca === undefined ? {} : { ca }
  if (allowPrivate) return buildConnector(trusted)
  const connect = buildConnector({ ...trusted, lookup: createPublicLookup(lookup) })
  return (options, callback) => {
    // An address is connected to without a lookup.
    const address = addressOf(options.hostname)
    if (address !== null && !isPublicAddress(address)) callback(new RefusedAddressError(), null)
    else connect(options, callback)
  }
}

/** A lookup that leaves out the addresses that are not public. @throws RefusedAddressError when none is left */
export function createPublicLookup(lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const allowed = found.filter(({ address }) => isPublicAddress(address))
      const [first] = allowed
      if (!first) callback(new RefusedAddressError(), [])
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
