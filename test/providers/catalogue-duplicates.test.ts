import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import { countCertificates } from '../../src/catalog/statistics.ts'
import { CatalogueDuplicates } from '../../src/providers/catalogue-duplicates.ts'
import { CatalogueVersion, type ListReading, type PlaceState } from '../../src/providers/catalogue-version.ts'
import type { CertificateHolder, PlacedCertificate } from '../../src/providers/place.ts'
import { endlessTimeSlice, type TimeSlice } from '../../src/time-slice.ts'
import { createOperation } from '../support/operation.ts'
import { createRandom } from '../support/random.ts'

const places = Array.from({ length: 200 }, (_, index) => ({ id: `p${index}`, readingKey: `p${index}` }))
const holders = places as unknown as readonly CertificateHolder[]

/** A reading of a place with these fingerprints. */
function stateOf(index: number, fingerprints: readonly (string | null)[]): [string, PlaceState] {
  const place = holders[index] as CertificateHolder
  const rows = fingerprints.map((sha256Fingerprint, row) => {
    return { id: `${place.id} ${row}`, deleted: row % 5 === 4, place, x509: { sha256Fingerprint }, expiresAt: null }
  })
  const value = new CertificateList(rows as unknown as readonly PlacedCertificate[])
  const reading: ListReading = { value, asOf: 0, startedAt: 0, stale: false, error: null }
  const source = { place, status: 'OK', unreadableRows: 0 }
  return [place.readingKey, { reading, source } as unknown as PlaceState]
}

/** A few fingerprints, so that many occur again. */
function fingerprintsOf(random: (below: number) => number, of = 2_000): (string | null)[] {
  return Array.from({ length: 20 }, () => {
    const number = random(of)
    return number % 7 === 0 ? null : (number * 40_503).toString(16).padStart(64, '0').split('').reverse().join('')
  })
}

/** Counts the looks at the clock. */
function createCountingSlice() {
  let looks = 0
  const timeSlice: TimeSlice = {
    ...endlessTimeSlice,
    isOver() {
      looks += 1
      return false
    },
  }
  return { timeSlice, looks: () => looks }
}

const first = (random: (below: number) => number, of?: number) =>
  CatalogueVersion.empty.next(
    holders,
    new Map(holders.map((_, index) => stateOf(index, fingerprintsOf(random, of)))),
    endlessTimeSlice,
  )

describe('the duplicates of catalogues', () => {
  it.each([1, 2, 3])('are those of a pass over all rows after random changes (%i)', async (seed) => {
    const random = createRandom(seed)
    const duplicates = new CatalogueDuplicates()
    const versions = [await first(random), CatalogueVersion.empty]
    for (let step = 0; step < 40; step += 1) {
      const [changed, before] = [random(2), versions[0] as CatalogueVersion]
      const read = new Map([stateOf(random(200), fingerprintsOf(random)), stateOf(random(200), [])])
      if (changed === 0) versions[0] = await before.next(holders, read, endlessTimeSlice)
      // An operation that began earlier.
      const asked = random(4) === 0 ? [before, CatalogueVersion.empty] : [...versions]
      for (const rows of ['all', 'present'] as const) {
        const found = await duplicates.find({ versions: asked, providers: null, rows }, createOperation())
        const lists = asked.flatMap((version) => version.lists(rows))
        const expected = await countCertificates(lists, undefined, {
          now: 0,
          thresholds: { critical: 1, warning: 2 },
          timeSlice: endlessTimeSlice,
        })
        const idsOf = ({ listed }: { readonly listed: readonly { readonly row: PlacedCertificate }[] }) =>
          listed.map(({ row }) => row.id).sort()
        expect(found.map((each) => [each.sha256Fingerprint, idsOf(each)])).toEqual(
          expected.duplicates.map((each) => [each.sha256Fingerprint, idsOf(each)]),
        )
      }
    }
  })

  it('are not looked for again while nothing has changed, and in few rows when one place has', async () => {
    const random = createRandom(1)
    const duplicates = new CatalogueDuplicates()
    const versions = [await first(random, 1_000_000)]
    const find = async (asked: readonly CatalogueVersion[]) => {
      const { timeSlice, looks } = createCountingSlice()
      const operation = createOperation({ timeSlice })
      const found = await duplicates.find({ versions: asked, providers: null, rows: 'all' }, operation)
      return { found, looks: looks() }
    }
    const all = await find(versions)
    expect(all.looks).toBeGreaterThan(200)
    const again = await find(versions)
    expect(again.looks).toBe(0)
    expect(again.found).toBe(all.found)
    const read = new Map([stateOf(7, fingerprintsOf(random))])
    const next = await (versions[0] as CatalogueVersion).next(holders, read, endlessTimeSlice)
    const after = await find([next])
    expect(after.looks).toBeGreaterThan(0)
    expect(after.looks).toBeLessThan(50)
  })

  it('are forgotten a minute after the last operation that has used them', async () => {
    const duplicates = new CatalogueDuplicates()
    const versions = [await first(createRandom(1))]
    const find = (deadline: number) =>
      duplicates.find({ versions, providers: null, rows: 'all' }, createOperation({ deadline }))
    const found = await find(0)
    duplicates.release({ deadline: 60_000 })
    expect(await find(1)).toBe(found)
    duplicates.release({ deadline: 60_002 })
    expect(await find(60_002)).not.toBe(found)
  })
})
