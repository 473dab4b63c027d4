import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../../src/catalog/certificate.ts'
import { CertificateList, certificateOrdering } from '../../../src/catalog/certificate-list.ts'
import { mergeLists } from '../../../src/catalog/merge.ts'
import type { OwnerRule } from '../../../src/owners/owner-rule.ts'
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

type Filter = Parameters<typeof findIndexed>[0]['filter']

/** As `findAgain`, when the orders and indexes have been made, and nothing was found before. */
async function find(version: CatalogueVersion, filter: Filter) {
  // What a filter with a time finds is not kept.
  await findAgain(version, { ...filter, expiresBefore: filter.expiresBefore ?? 100 })
  return findAgain(version, filter)
}

/** The ids of the rows that are found, in order; how many there are; and the looks at the clock. */
async function findAgain(version: CatalogueVersion, filter: Filter, owners = OwnerRules.none) {
  let looks = 0
  const isOver = () => {
    looks += 1
    return false
  }
  const search = { versions: [version], filter, thresholds, owners, ordering }
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

  it('are found once while the lists and the filter are the same', async () => {
    const version = await createVersion(3, 2)
    const filter = { nameContains: 'z', includeDeleted: true }
    const first = await find(version, filter)
    expect(first.looks).toBeGreaterThan(0)
    const looksOf = async (of: CatalogueVersion, changed: object = {}) =>
      (await findAgain(of, { ...filter, ...changed })).looks
    expect(await findAgain(version, filter)).toEqual({ ...first, looks: 0 })
    expect(await looksOf(version, { includeDeleted: false })).toBeGreaterThan(0)
    expect(await looksOf(version, { search: 'z' })).toBeGreaterThan(0)
    expect(await looksOf(version, { ownedBy: new Set([null]) })).toBeGreaterThan(0)
    expect(await looksOf(await createVersion(3, 2))).toBeGreaterThan(0)
  })

  it('are found anew when the rules for owners are other ones', async () => {
    const version = await createVersion(3, 2)
    const rule = {
      match: { names: ['z*'], provider: null, places: null, subjectAltNames: null },
      owner: { name: 'web' },
    }
    const filter = { ownedBy: new Set([null]), includeDeleted: true }
    const countOf = async (owners: OwnerRules) => (await findAgain(version, filter, owners)).count
    expect(await countOf(OwnerRules.none)).toBe(120)
    expect(await countOf(new OwnerRules([rule as unknown as OwnerRule]))).toBe(60)
    expect(await countOf(OwnerRules.none)).toBe(120)
  })
})
