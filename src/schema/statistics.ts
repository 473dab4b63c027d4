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

/** `Query.certificateStatistics`: what there is, in numbers. */
export function registerStatistics(
  kit: SchemaKit,
  enums: Enums,
  { CertificateFilter }: CertificateInputs,
  scope: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  const Statistics = registerStatisticsType(kit, enums, scope)
  kit.builder.queryField('certificateStatistics', (t) =>
    t.field({
      type: Statistics,
      nullable: true,
      description:
        'Every certificate that `certificates` would list under the same filter, on all its pages, counted in one pass over ' +
        'the same readings: it makes the calls that `certificates` would make and, asked beside it, none. No PEM is read ' +
        'for it, unless the filter is on an X.509 field.',
      args: { filter: t.arg({ type: CertificateFilter, description: 'Which ones; all when left out.' }) },
      complexity: priceOfStatistics,
      resolve: (_root, args, operation) => takeStatistics(search, operation, args),
    }),
  )
}

async function takeStatistics(
  search: Search,
  operation: Operation,
  conditions: Conditions,
): Promise<CertificateStatistics> {
  // Counting needs no order, and sorting would take longer than all else.
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
