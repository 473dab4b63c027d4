import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { Operation } from '../../operation.ts'
import type { CatalogueReading } from '../../providers/catalogue.ts'
import type { CatalogueVersion } from '../../providers/catalogue-version.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { settleCertificates } from '../../providers/source.ts'
import { mapInSlices } from '../../time-slice.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { NodeFinder } from '../find-node.ts'
import type { CertificateFilterInput } from './filter-input.ts'
import { findCertificatePlaces } from './find-places.ts'

/** The lists of the places of a search. */
export interface ReadPlaces {
  readonly readings: readonly Reading<CertificateList<PlacedCertificate>>[]
  /** The same lists by vendor, with common orders; null when they were read for this search alone. */
  readonly versions: readonly CatalogueVersion[] | null
  /** Reports on every place and discovery, failed ones included. */
  readonly sources: readonly Source[]
  /** Those that are incomplete or stale, and perhaps others. */
  readonly problems: readonly Source[]
  /** The vendor's ids of named places that may exist although they were not found. */
  readonly unknown: readonly string[]
  /** How many places with lists were found. */
  readonly holders: number
}

interface PlaceSearch {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
}

/** Reads the places of a filter; failures are in `sources`. */
export async function readPlaces(
  search: PlaceSearch,
  operation: Operation,
  input: CertificateFilterInput & { readonly maxStaleness: number | undefined },
): Promise<ReadPlaces> {
  const catalogues = await readCatalogues(search, operation, input)
  if (catalogues) return catalogues
  const { maxStaleness } = input
  const holders = await findCertificatePlaces(search, operation, input)
  const settled = await Promise.all(
    mapInSlices(holders.items, operation.timeSlice, (place) =>
      settleCertificates(place, place.read(operation, maxStaleness)),
    ),
  )
  const sources = [...holders.sources, ...settled.map(({ source }) => source)]
  return {
    readings: settled.flatMap(({ reading }) => reading ?? []),
    versions: null,
    sources,
    problems: sources,
    unknown: holders.unknown,
    holders: holders.items.length,
  }
}

/** Null for a search that needs other readings than most, or whose caller does not see all places. */
async function readCatalogues(
  { vendors }: PlaceSearch,
  operation: Operation,
  { providers, placeIds, maxStaleness }: Parameters<typeof readPlaces>[2],
): Promise<ReadPlaces | null> {
  // A catalogue does not say which readings it needs no more, and begins those that are due.
  if (operation.isPassive || placeIds || maxStaleness !== undefined || operation.caller.places !== null) return null
  const wanted = vendors.filter(({ provider }) => !providers || providers.includes(provider))
  const read = await Promise.all(wanted.map(({ catalogue }) => catalogue.read(operation)))
  return read.every((each) => each !== null) ? toReadPlaces(read) : null
}

function toReadPlaces(read: readonly CatalogueReading[]): ReadPlaces {
  const versions = read.map(({ version }) => version)
  const discoveries = read.flatMap((each) => each.discoveries)
  return {
    versions,
    get readings() {
      return versions.flatMap(({ states }) => states.flatMap(({ reading }) => reading ?? []))
    },
    get sources() {
      return [...discoveries, ...versions.flatMap(({ sources }) => sources)]
    },
    problems: [...discoveries, ...versions.flatMap(({ problems }) => problems)],
    unknown: [],
    holders: versions.reduce((sum, { places }) => sum + places.length, 0),
  }
}
