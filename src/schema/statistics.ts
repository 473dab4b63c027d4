import { countCertificates } from '../catalog/statistics.ts'
import type { Operation } from '../operation.ts'
import { placeOrdering } from '../providers/connections.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { CertificateInputs } from './certificate-input.ts'
import { priceOfStatistics } from './cost/cost.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import { type Conditions, findCertificates, type Search } from './search/find-certificates.ts'
import { type CertificateStatistics, registerStatisticsType } from './statistics-type.ts'

/** `Query.certificateStatistics`: the certificates of all places, counted. */
export function registerStatistics(
  kit: SchemaKit,
  enums: Enums,
  { CertificateFilter }: CertificateInputs,
  place: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  const Statistics = registerStatisticsType(kit, enums, place)
  kit.builder.queryField('certificateStatistics', (t) =>
    t.field({
      type: Statistics,
      nullable: true,
      description:
        'Counts the certificates that `certificates` returns for the same filter, on all pages. Makes the same calls, and ' +
        'none in addition when both are selected. Reads no PEM, except for a filter on an X.509 field.',
      args: { filter: t.arg({ type: CertificateFilter, description: 'Default: all certificates.' }) },
      complexity: priceOfStatistics,
      resolve: (_root, args, operation) => countFound(search, operation, args),
    }),
  )
}

async function countFound(
  search: Search,
  operation: Operation,
  conditions: Conditions,
): Promise<CertificateStatistics> {
  // Counting needs no order, and sorting would take most of the time.
  const { lists, accepts, toNode, ...report } = await findCertificates(
    search,
    operation,
    conditions,
    ({ rows }) => rows,
  )
  const { now } = operation
  const counts = countCertificates(lists, accepts, { now, thresholds: search.thresholds })
  return {
    ...counts,
    ...report,
    byPlace: counts.byPlace.toSorted((a, b) => byPlace(a.key, b.key)),
    duplicates: counts.duplicates.map(({ sha256Fingerprint, listed }) => ({
      sha256Fingerprint,
      certificates: listed.map(({ row, list }) => toNode(row, list)).sort((a, b) => byPlace(a.place, b.place)),
    })),
  }
}

function byPlace(a: PlacedCertificate['place'], b: PlacedCertificate['place']): number {
  return placeOrdering.compare(placeOrdering.position(a), placeOrdering.position(b))
}
