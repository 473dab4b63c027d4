import { byKey, type Count, Tally } from '../catalog/statistics.ts'
import type { OwnerName } from '../owners/owned-list.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { OwnerRules } from '../owners/owner-rules.ts'
import type { CatalogueVersion, Rows } from '../providers/catalogue-version.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { FoundCertificates } from './search/find-certificates.ts'

type OwnerCounts = readonly Count<CertificateOwner | null>[]

/** Counts whole lists by owner. Each list is counted once. */
export async function countKeptOwners(
  owners: OwnerRules,
  versions: readonly CatalogueVersion[],
  rows: Rows,
  timeSlice: TimeSlice,
): Promise<OwnerCounts> {
  const tally = new Tally<OwnerName>()
  for (const { states } of versions) {
    for (const { reading } of states) {
      if (!reading) continue
      const owned = owners.ownersIn(reading.value, timeSlice)
      const counts = (owned instanceof Promise ? await owned : owned).counts(rows, timeSlice)
      for (const { key, count } of counts instanceof Promise ? await counts : counts) tally.add(key, key, count)
    }
  }
  return toOwnerCounts(owners, tally)
}

/** Counts the certificates that a filter accepts by owner. */
export async function countAcceptedOwners(
  owners: OwnerRules,
  { read, lists, accepts }: Pick<FoundCertificates, 'read' | 'lists' | 'accepts'>,
  timeSlice: TimeSlice,
): Promise<OwnerCounts> {
  const tally = new Tally<OwnerName>()
  for (const [index, rows] of lists.entries()) {
    const list = read[index]
    const owned = list && (await owners.ownersIn(list, timeSlice))
    await visitInSlices(rows, timeSlice, (row) => {
      if (accepts && !accepts(row)) return
      const known = owned?.ownerOf(row)
      const owner = known === undefined ? owners.ownerOf(row) : known
      tally.add(owner?.name ?? null)
    })
  }
  return toOwnerCounts(owners, tally)
}

function toOwnerCounts({ owners }: OwnerRules, tally: Tally<OwnerName>): OwnerCounts {
  const counts = tally.counts().sort(byKey)
  return counts.map(({ key, count }) => ({ key: key === null ? null : (owners.get(key) ?? null), count }))
}
