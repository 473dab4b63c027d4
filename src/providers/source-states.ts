import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Caller } from '../operation.ts'
import { hasCertificates } from './known-places.ts'
import type { Place, PlacedCertificate, SourceState } from './place.ts'
import type { Vendor } from './provider.ts'

/** One source of a caller: what is known of a reading, and the account that its place belongs to. */
export interface KnownSource extends SourceState {
  /** Null for an account. */
  readonly parent: Place | null
  /** Whether it is a list that a search for certificates reads. Another list may have its certificates too. */
  readonly isSearched: boolean
  /** The certificates of the last reading, whatever its age. Null when there is none, and for other kinds than CERTIFICATES. */
  readonly list: CertificateList<PlacedCertificate> | null
}

/**
 * The last known state of every source of a caller: of the lists that a search reads, and of other readings while operations
 * read them. A discovery below an account that the caller may not see is a source when it has found a place for the caller.
 * Makes no call.
 */
export function listSourceStates(
  vendors: readonly Pick<Vendor, 'knownPlaces'>[],
  visitor: { readonly caller: Pick<Caller, 'places'> },
): readonly KnownSource[] {
  return vendors.flatMap((vendor) => {
    const known = vendor.knownPlaces(visitor).places
    const seen = new Set(known.map(({ place }) => place))
    const hidden = new Set(known.flatMap(({ parent }) => (parent && !seen.has(parent) ? parent : [])))
    const own = known.flatMap(({ place, parent, list, isSearched }) =>
      place.sourceStates().flatMap((state) => {
        const isList = state.kind === 'CERTIFICATES'
        // The places below an account without a list of its own are found by its discovery.
        const isNeeded = isList ? isSearched : state.kind === 'DISCOVERY' && !hasCertificates(place)
        return isNeeded || state.isInUse
          ? { ...state, parent, isSearched: isList && isSearched, list: (isList && list) || null }
          : []
      }),
    )
    const above = [...hidden].flatMap((account) => account.sourceStates().filter(({ kind }) => kind === 'DISCOVERY'))
    return [...own, ...above.map((state) => ({ ...state, parent: null, isSearched: false, list: null }))]
  })
}
