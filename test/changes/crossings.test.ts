import { describe, expect, it } from '@jest/globals'
import type { ExpiryThresholds } from '../../src/catalog/expiry.ts'
import { findCrossings } from '../../src/changes/crossings.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const thresholds: ExpiryThresholds = { critical: 100, warning: 300 }
const certificate = (expiresAt: number | null, validFrom: number | null = null) => ({
  id: 'a',
  name: null,
  expiresAt,
  validFrom,
  active: null,
  declaredExpired: false,
  replacementKey: null,
  identity: null,
})

async function crossingsOf(
  expiresAt: number | null,
  [after, until]: readonly [number, number],
  { rules = thresholds, validFrom = null }: { rules?: ExpiryThresholds; validFrom?: number | null } = {},
) {
  const only = certificate(expiresAt, validFrom)
  const certificates = { length: 1, at: () => only, datesAt: () => only }
  const found = await findCrossings(certificates, rules, { after, until }, { timeSlice: endlessTimeSlice })
  return [found.changes.map(({ kind, expiryStatus, at }) => `${kind} ${expiryStatus} ${at}`), found.next]
}

describe('the thresholds that a certificate crosses', () => {
  it.each<[string, readonly [number, number], string[], number | null]>([
    ['none before the first', [0, 699], [], 700],
    ['the warning threshold at its moment', [699, 700], ['EXPIRING WARNING 700'], 900],
    ['none at the beginning of the period', [700, 899], [], 900],
    ['the critical threshold', [700, 900], ['EXPIRING CRITICAL 900'], 1_000],
    ['the expiry', [900, 1_000], ['EXPIRED EXPIRED 1000'], null],
    [
      'all of a long period',
      [0, 2_000],
      ['EXPIRING WARNING 700', 'EXPIRING CRITICAL 900', 'EXPIRED EXPIRED 1000'],
      null,
    ],
    ['none afterwards', [1_000, 5_000], [], null],
  ])('are %s', async (_what, period, changes, next) => {
    expect(await crossingsOf(1_000, period)).toEqual([changes, next])
  })

  it('are none without an expiry', async () => {
    expect(await crossingsOf(null, [0, 9_999])).toEqual([[], null])
  })

  it('are those of the lifetime where that is shorter', async () => {
    const lifetime = { warning: { numerator: 1, denominator: 3 }, critical: { numerator: 1, denominator: 7 } }
    expect(await crossingsOf(1_000, [0, 2_000], { rules: { ...thresholds, lifetime }, validFrom: 900 })).toEqual([
      ['EXPIRING WARNING 967', 'EXPIRING CRITICAL 986', 'EXPIRED EXPIRED 1000'],
      null,
    ])
  })

  it('leave out a status that another one hides', async () => {
    const rules = { critical: 300, warning: 300 }
    expect((await crossingsOf(1_000, [0, 2_000], { rules }))[0]).toEqual([
      'EXPIRING CRITICAL 700',
      'EXPIRED EXPIRED 1000',
    ])
    expect((await crossingsOf(1_000, [0, 2_000], { rules: { critical: 0, warning: 0 } }))[0]).toEqual([
      'EXPIRED EXPIRED 1000',
    ])
  })
})
