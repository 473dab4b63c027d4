import type { ExpiryRules } from '../catalog/expiry.ts'
import type { Caller } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { type KnownSource, listSourceStates } from '../providers/source-states.ts'
import { isVisible } from '../providers/visibility.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import { toCountFamilies } from './certificate-counts.ts'
import { toCertificateFamilies } from './certificate-families.ts'
import type { OwnerOf } from './owner.ts'
import { type SelectedCertificates, selectSoonest } from './soonest-certificates.ts'
import type { SourceErrors } from './source-errors.ts'
import { toSourceFamilies } from './source-families.ts'
import type { Family, Labels } from './text-format.ts'

interface PlaceMetricsOptions {
  readonly clock: Clock
  readonly errors: SourceErrors
  readonly labelsOf: (certificate: PlacedCertificate) => Labels
}

interface SeriesSettings {
  readonly expiry: ExpiryRules
  readonly ownerOf: OwnerOf
  /** How many certificates have series of their own. */
  readonly limit: number
}

type Lists = readonly NonNullable<KnownSource['list']>[]

/** The metrics of places and their certificates, computed from the last readings. Makes no call. */
export class PlaceMetrics {
  readonly #options: PlaceMetricsOptions
  /** The dropped certificates, by place. */
  readonly #collisions = new Map<string, number>()
  /** The last selection for callers who may see all places. It is the same until a list is read again. */
  #last: { readonly lists: Lists; readonly selected: SelectedCertificates } | null = null

  constructor(options: PlaceMetricsOptions) {
    this.#options = options
  }

  /** The series that the caller may see. */
  async collect(
    vendors: readonly Vendor[],
    caller: Pick<Caller, 'places'>,
    { expiry, ownerOf, limit }: SeriesSettings,
    timeSlice: TimeSlice,
  ): Promise<readonly Family[]> {
    const { clock, errors, labelsOf } = this.#options
    const now = clock.now()
    // The discovery of a hidden account that has found a place of the caller has no series for them.
    const sources = listSourceStates(vendors, { caller })
      .filter(({ place }) => isVisible({ caller }, place))
      .map(withServedList)
    const searched = sources.filter(({ isSearched, list }) => isSearched && list)
    const lists = searched.flatMap(({ list }) => list ?? [])
    const { all, kept } = await this.#select(lists, caller, limit, timeSlice)
    const onCollision = ({ place }: PlacedCertificate) =>
      this.#collisions.set(place.id, (this.#collisions.get(place.id) ?? 0) + 1)
    const series = { now, expiry, labelsOf, ownerOf, onCollision }
    const counts = {
      providers: new Set(sources.map(({ place }) => place.provider)),
      places: searched.map(({ place }) => place),
      now,
      expiry,
      ownerOf,
    }
    return [
      ...toSourceFamilies(sources, errors),
      ...(await toCertificateFamilies(kept, series, timeSlice)),
      ...(await toCountFamilies(all, counts, timeSlice)),
      this.#collisionFamily(sources),
      {
        name: 'certgraph_metrics_certificates_omitted',
        help: 'Certificates without series of their own, because of the limit on them. The soonest expiry is kept.',
        type: 'gauge',
        samples: [{ labels: {}, value: all.length - kept.length }],
      },
    ]
  }

  async #select(
    lists: Lists,
    { places }: Pick<Caller, 'places'>,
    limit: number,
    timeSlice: TimeSlice,
  ): Promise<SelectedCertificates> {
    if (places !== null) return selectSoonest(lists, limit, true, timeSlice)
    const last = this.#last
    if (last && last.lists.length === lists.length && lists.every((list, index) => list === last.lists[index]))
      return last.selected
    const selected = await selectSoonest(lists, limit, false, timeSlice)
    this.#last = { lists, selected }
    return selected
  }

  #collisionFamily(sources: readonly KnownSource[]): Family {
    const byKind = new Map<string, number>()
    for (const { place, kind } of sources) {
      const sourceKind = place.provider.toLowerCase()
      const dropped = kind === 'CERTIFICATES' ? (this.#collisions.get(place.id) ?? 0) : 0
      byKind.set(sourceKind, (byKind.get(sourceKind) ?? 0) + dropped)
    }
    return {
      name: 'x509_cert_collision_dropped_total',
      help: 'Series that were left out because another certificate has the same labels, counted at each scrape.',
      type: 'counter',
      samples: [...byKind].map(([source_kind, value]) => ({ labels: { source_kind }, value })),
    }
  }
}

/** A reading that is too old to be served has no series of certificates. */
function withServedList(source: KnownSource): KnownSource {
  return source.asOf === null ? { ...source, list: null } : source
}
