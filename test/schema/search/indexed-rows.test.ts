import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../../src/catalog/certificate.ts'
import { CertificateList, certificateOrdering } from '../../../src/catalog/certificate-list.ts'
import { mergeLists } from '../../../src/catalog/merge.ts'
import { OwnerRules } from '../../../src/owners/owner-rules.ts'
import { CatalogueVersion, type ListReading, type PlaceState } from '../../../src/providers/catalogue-version.ts'
import type { CertificateHolder, PlacedCertificate } from '../../../src/providers/place.ts'
import { findIndexed } from '../../../src/schema/search/indexed-rows.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { createOperation } from '../../support/operation.ts'

const thresholds = { critical: 1, warning: 2 }
const ordering = certificateOrdering({ field: 'NAME', direction: 'DESC' })

/** A vendor's places, each with 40 rows. Every row has an `e` in its name; one in `share` has a `z`. */
async function createVersion(places: number, share: number) {
  const states = Array.from({ length: places }, (_, index): [string, PlaceState] => {
    const place = { id: `p${index}`, readingKey: `p${index}` } as unknown as CertificateHolder
    const rows = Array.from({ length: 40 }, (_row, each) => ({
      id: `${index} ${each}`,
      name: `${(index * 40 + each) % share === 0 ? 'z' : 'y'}e${(each * 7) % 40}`,
      deleted: each % 9 === 0,
      expiresAt: each,
      declaredExpired: false,
      x509: {},
      place,
    })) as unknown as PlacedCertificate[]
    const reading: ListReading = { value: new CertificateList(rows), asOf: 0, startedAt: 0, stale: false, error: null }
    return [place.readingKey, { reading, source: { place, status: 'OK', unreadableRows: 0 } } as unknown as PlaceState]
  })
  const holders = states.map(([, { source }]) => source.place as CertificateHolder)
  return CatalogueVersion.empty.next(holders, new Map(states), endlessTimeSlice)
}

/** The ids of the rows that are found, in order; how many there are; and the looks at the clock. */
async function find(version: CatalogueVersion, filter: Parameters<typeof findIndexed>[0]['filter']) {
  let looks = 0
  const isOver = () => {
    looks += 1
    return false
  }
  // The orders and indexes are made on first use.
  const search = { versions: [version], filter, thresholds, owners: OwnerRules.none, ordering }
  await findIndexed({ ...search, operation: createOperation() })
  const operation = createOperation({ timeSlice: { ...endlessTimeSlice, isOver } })
  const found = await findIndexed({ ...search, operation })
  const looksToFind = looks
  const window = { count: 100_000, from: 'start', after: null, before: null } as const
  const { rows } = await mergeLists(found.lists, ordering, window, endlessTimeSlice, found.accepts)
  return { ids: rows.map(({ row }) => row.id), count: await found.count(), looks: looksToFind }
}

describe('the rows with a text', () => {
  it.each([
    [1, 'z'],
    [2, 'z'],
    [2, 'y'],
    [3, 'z'],
    [3, 'y'],
    [40, 'z'],
    [40, 'y'],
    [40, 'e'],
  ])('are those with it in their names: one row in %i has a z, and the text is %s', async (share, nameContains) => {
    const version = await createVersion(30, share)
    for (const includeDeleted of [true, false]) {
      for (const expiresBefore of [null, 20]) {
        const { ids, count } = await find(version, { nameContains, includeDeleted, expiresBefore })
        const rows = version.lists('all').flat() as readonly Certificate[]
        const expected = rows
          .filter(({ name, deleted, expiresAt }) => {
            const isWanted =
              (includeDeleted || !deleted) && (expiresBefore === null || Number(expiresAt) < expiresBefore)
            return isWanted && name?.includes(nameContains)
          })
          .sort((a, b) => ordering.compare(ordering.position(a), ordering.position(b)))
        expect(ids).toEqual(expected.map(({ id }) => id))
        expect(count).toBe(expected.length)
      }
    }
  })

  it('take no look at each row when all or nearly all have it', async () => {
    const places = 30
    const version = await createVersion(places, 1_200)
    const all = await find(version, { nameContains: 'e', includeDeleted: true })
    expect(all.count).toBe(40 * places)
    // One for the index of each list.
    expect(all.looks).toBe(places)
    const most = await find(version, { nameContains: 'y', includeDeleted: true })
    expect(most.count).toBe(40 * places - 1)
    expect(most.looks).toBe(places + 2)
  })
})
