import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Caller } from '../operation.ts'
import { hasCertificates } from '../providers/known-places.ts'
import type { Place, PlacedCertificate } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import type { SourceState, SourceStates } from './source-states.ts'

/** A source that a caller may see, as the last readings show it. */
export interface KnownSource {
  readonly place: Place
  readonly kind: string
  /** Undefined when there was no attempt to read it. */
  readonly state: SourceState | undefined
  /** The certificates of its last reading, while that is served; null for another kind of source. */
  readonly list: CertificateList<PlacedCertificate> | null
  /** Whether a search for certificates reads it. Another list may have its certificates too. */
  readonly isSearched: boolean
}

type Visitor = Pick<Caller, 'places'>

/**
 * The sources of a vendor. Lists that no search needs, such as those of OpenAI projects, are sources while something reads
 * them: otherwise they would count as down for ever.
 */
export function findKnownSources(
  vendor: Vendor,
  caller: Visitor,
  { states, now }: { readonly states: SourceStates; readonly now: number },
): readonly KnownSource[] {
  const { places, isSearchedBelow } = vendor.knownPlaces({ caller })
  const discovering = new Set(vendor.discoveries)
  const furtherKinds = Object.keys(vendor.sourceKinds ?? {})
  const sources: KnownSource[] = []
  for (const { place, list = null, isSearched } of places) {
    const add = (kind: string, isNeeded: boolean) => {
      const state = states.get({ place, kind })
      if (!isNeeded && !(state && now < state.activeUntil)) return
      const isServed = state?.reading ? now < state.reading.servedUntil : false
      const isList = kind === 'CERTIFICATES'
      sources.push({ place, kind, state, list: isList && isServed ? list : null, isSearched: isList && isSearched })
    }
    if (hasCertificates(place)) add('CERTIFICATES', isSearched)
    if (discovering.has(place.id)) add('DISCOVERY', isSearchedBelow)
    for (const kind of furtherKinds) add(kind, false)
  }
  return sources
}
