import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import { type ExpiryRules, expiryStatus, expiryStatuses } from '../../src/catalog/expiry.ts'
import { CatalogueVersion, type ListReading, type PlaceState } from '../../src/providers/catalogue-version.ts'
import type { CertificateHolder, PlacedCertificate } from '../../src/providers/place.ts'
import { countStatuses } from '../../src/schema/status-counts.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const now = 1_000
const third = { numerator: 1, denominator: 3 }
const sixth = { numerator: 1, denominator: 6 }
const days: ExpiryRules = { critical: 14, warning: 30 }
const shares: ExpiryRules = { ...days, lifetime: { critical: sixth, warning: third } }

const places = Array.from({ length: 30 }, (_, index) => {
  const place = { id: `p${index}`, readingKey: `p${index}` }
  return place as unknown as CertificateHolder
})

/** 40 rows with the lifetimes 6 to 120, or none; every eleventh has no date. */
function stateOf(place: CertificateHolder, seed: number): PlaceState {
  const rows = Array.from({ length: 40 }, (_, each) => {
    const number = seed * 40 + each
    const expiresAt = number % 11 === 0 ? null : now - 20 + ((number * 7) % 80)
    return {
      id: `${place.id} ${each}`,
      provider: 'OPENAI',
      deleted: each % 9 === 0,
      expiresAt,
      validFrom: expiresAt === null || number % 5 === 0 ? null : expiresAt - 6 - ((number * 13) % 115),
      declaredExpired: number % 22 === 0,
      x509: {},
      place,
    }
  }) as unknown as PlacedCertificate[]
  const reading: ListReading = { value: new CertificateList(rows), asOf: 0, startedAt: 0, stale: false, error: null }
  return { reading, source: { place, status: 'OK', unreadableRows: 0 } } as unknown as PlaceState
}

function countByRow(version: CatalogueVersion, rows: 'all' | 'present', at: number, thresholds: ExpiryRules) {
  const counts = Object.fromEntries(expiryStatuses.map((status) => [status, 0]))
  for (const row of version.lists(rows).flat()) {
    const status = expiryStatus(row, at, thresholds)
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

const createVersion = () => {
  const states = places.map((place, index): [string, PlaceState] => [place.readingKey, stateOf(place, index)])
  return CatalogueVersion.empty.next(places, new Map(states), endlessTimeSlice)
}

const rules: readonly [string, ExpiryRules][] = [
  ['days alone', days],
  ['shares of the lifetime', shares],
  ['other thresholds for the vendor', { ...days, vendors: { OPENAI: { ...shares, critical: 5 } } }],
  ['shares that are equal', { ...days, lifetime: { critical: third, warning: third } }],
]

describe('the counts by expiry status', () => {
  it.each(rules)('are those of each row at every moment, with %s', async (_case, thresholds) => {
    const version = await createVersion()
    for (const rows of ['all', 'present'] as const) {
      for (let at = now - 25; at < now + 65; at += 1) {
        const counts = await countStatuses(version, rows, { now: at, thresholds, timeSlice: endlessTimeSlice })
        expect({ at, counts }).toEqual({ at, counts: countByRow(version, rows, at, thresholds) })
      }
    }
  })

  it('are those of the rows after a place was read again', async () => {
    const version = await createVersion()
    const options = { now, thresholds: shares, timeSlice: endlessTimeSlice }
    await countStatuses(version, 'all', options)
    const [place] = places
    if (!place) throw new Error('there is no place')
    const next = await version.next(places, new Map([[place.readingKey, stateOf(place, 77)]]), endlessTimeSlice)
    const counts = await countStatuses(next, 'all', options)
    expect(counts).toEqual(countByRow(next, 'all', now, shares))
    expect(counts).not.toEqual(await countStatuses(version, 'all', options))
  })

  it('take no look at the rows once the orders are made, whatever the time is', async () => {
    let looks = 0
    const isOver = () => {
      looks += 1
      return false
    }
    const timeSlice = { ...endlessTimeSlice, isOver }
    const version = await createVersion()
    await countStatuses(version, 'all', { now, thresholds: shares, timeSlice })
    expect(looks).toBeGreaterThan(0)
    looks = 0
    for (const later of [0, 5, 50])
      await countStatuses(version, 'all', { now: now + later, thresholds: shares, timeSlice })
    expect(looks).toBe(0)
  })
})
