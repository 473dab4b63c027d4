import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import { countCertificates } from '../../src/catalog/statistics.ts'
import { noX509Details, type X509Details } from '../../src/catalog/x509.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { plainCertificate } from '../support/plain-certificate.ts'

const day = 86_400_000
const thresholds = { critical: 14 * day, warning: 30 * day }
const newYear = Date.UTC(2030, 0, 1)

type Row = Certificate

const placeAt = (id: string): Row['place'] => ({ id, provider: 'ACME', __typename: 'AcmeAccount', vendorId: id })

const row = (rest: Partial<Row> = {}): Row => ({ ...plainCertificate, ...rest })
const rowWith = (details: Partial<X509Details>, rest: Partial<Row> = {}) =>
  row({ x509: { ...noX509Details, ...details }, ...rest })

const count = (lists: readonly (readonly Row[])[], now = newYear, accepts: (row: Row) => boolean = () => true) =>
  countCertificates(lists, accepts, { now, thresholds, timeSlice: endlessTimeSlice })

describe('countCertificates', () => {
  it('returns zeros and all months for no lists', async () => {
    const { byExpiryMonth, ...rest } = await count([])
    expect(rest).toEqual({
      total: 0,
      byProvider: [],
      byExpiryStatus: [],
      byPlace: [],
      byKeyAlgorithm: [],
      duplicates: [],
    })
    expect(byExpiryMonth).toHaveLength(24)
    expect(byExpiryMonth.every((month) => month.count === 0)).toBe(true)
  })

  it('counts the accepted rows only, and tests each row once', async () => {
    const tested: string[] = []
    const lists = [[row({ id: 'a' }), row({ id: 'b' })], [], [row({ id: 'c' })]]
    const counts = await count(lists, newYear, ({ id }) => {
      tested.push(id)
      return id !== 'b'
    })
    expect(tested).toEqual(['a', 'b', 'c'])
    expect(counts).toMatchObject({ total: 2, byProvider: [{ key: 'ACME', count: 2 }] })
  })

  it('groups by vendor and by status in alphabetical order', async () => {
    const rows = [
      row({ provider: 'ZED' }),
      row({ provider: 'ACME', expiresAt: newYear + 15 * day }),
      row({ provider: 'ZED', expiresAt: newYear }),
      row({ provider: 'MID', declaredExpired: true }),
      row({ provider: 'ACME', expiresAt: newYear + 31 * day }),
    ]
    const { byProvider, byExpiryStatus } = await count([rows])
    expect(byProvider.map(({ key, count: n }) => `${key} ${n}`)).toEqual(['ACME 2', 'MID 1', 'ZED 2'])
    expect(byExpiryStatus.map(({ key, count: n }) => `${key} ${n}`)).toEqual([
      'EXPIRED 2',
      'OK 1',
      'UNKNOWN 1',
      'WARNING 1',
    ])
  })

  it('groups by key algorithm, with unknown algorithms last', async () => {
    const rows = [
      row(),
      rowWith({ keyAlgorithm: 'RSA' }),
      rowWith({}),
      rowWith({ keyAlgorithm: 'DSA' }),
      rowWith({ keyAlgorithm: 'RSA' }),
    ]
    expect((await count([rows])).byKeyAlgorithm).toEqual([
      { key: 'DSA', count: 1 },
      { key: 'RSA', count: 2 },
      { key: null, count: 2 },
    ])
  })

  it('counts places with the same id as one', async () => {
    const rows = [row(), row(), row({ place: placeAt('there') })]
    expect((await count([rows.slice(0, 1), rows.slice(1)])).byPlace).toEqual([
      { key: placeAt('here'), count: 2 },
      { key: placeAt('there'), count: 1 },
    ])
  })
})

describe('the months', () => {
  const monthsAt = (now: number, ends: readonly number[]) => count([ends.map((expiresAt) => row({ expiresAt }))], now)
  const counted = async (now: number, ends: readonly number[]) =>
    (await monthsAt(now, ends)).byExpiryMonth
      .filter((month) => month.count > 0)
      .map((month) => `${new Date(month.key).toISOString()} ${month.count}`)

  it.each([
    ['the first moment of a year', newYear],
    ['the last moment of a January', Date.UTC(2030, 1, 1) - 1],
    ['the middle of a month', Date.UTC(2030, 0, 17, 11, 12, 13)],
  ])('start with the current month at %s and span two years', async (_, now) => {
    const keys = (await monthsAt(now, [])).byExpiryMonth.map(({ key }) => new Date(key).toISOString())
    expect(keys).toHaveLength(24)
    expect(keys.slice(0, 2)).toEqual(['2030-01-01T00:00:00.000Z', '2030-02-01T00:00:00.000Z'])
    expect(keys.slice(10, 14)).toEqual([
      '2030-11-01T00:00:00.000Z',
      '2030-12-01T00:00:00.000Z',
      '2031-01-01T00:00:00.000Z',
      '2031-02-01T00:00:00.000Z',
    ])
    expect(keys.at(-1)).toBe('2031-12-01T00:00:00.000Z')
  })

  it('continue into the next years from December', async () => {
    const keys = (await monthsAt(Date.UTC(2030, 11, 31, 23, 59, 59, 999), [])).byExpiryMonth.map(({ key }) =>
      new Date(key).toISOString().slice(0, 7),
    )
    expect(keys.slice(0, 2)).toEqual(['2030-12', '2031-01'])
    expect(keys.slice(-2)).toEqual(['2032-10', '2032-11'])
  })

  it('include their first and their last moment', async () => {
    const [february, march] = [Date.UTC(2032, 1, 1), Date.UTC(2032, 2, 1)]
    const now = Date.UTC(2032, 0, 31)
    expect(await counted(now, [february - 1, february, march - 1, march])).toEqual([
      '2032-01-01T00:00:00.000Z 1',
      '2032-02-01T00:00:00.000Z 2',
      '2032-03-01T00:00:00.000Z 1',
    ])
  })

  it('include certificates that expired earlier in the current month, and none outside the months or without a date', async () => {
    const now = Date.UTC(2030, 0, 17)
    expect(await counted(now, [newYear - 1, newYear, now, Date.UTC(2032, 0, 1) - 1, Date.UTC(2032, 0, 1)])).toEqual([
      '2030-01-01T00:00:00.000Z 2',
      '2031-12-01T00:00:00.000Z 1',
    ])
    expect((await count([[row()]], now)).byExpiryMonth.every((month) => month.count === 0)).toBe(true)
  })
})

describe('the duplicates', () => {
  const listed = (sha256Fingerprint: string | null, place: string, id: string) =>
    rowWith({ sha256Fingerprint }, { id, place: placeAt(place) })

  it('are the certificates of several places, by fingerprint, with their lists', async () => {
    const lists = [
      [listed('bb', 'one', '1'), listed('cc', 'one', '2'), listed('aa', 'one', '3')],
      [listed('aa', 'two', '4'), listed('bb', 'two', '5'), listed('bb', 'three', '6')],
    ]
    const { duplicates, total } = await count(lists)
    expect(total).toBe(6)
    expect(
      duplicates.map(({ sha256Fingerprint, listed }) => [sha256Fingerprint, listed.map((each) => each.row.id)]),
    ).toEqual([
      ['aa', ['3', '4']],
      ['bb', ['1', '5', '6']],
    ])
    expect(duplicates[0]?.listed.map(({ list }) => list)).toEqual([0, 1])
  })

  it('exclude certificates that one place lists twice, and certificates without a fingerprint', async () => {
    const unknown = [listed(null, 'one', '3'), listed(null, 'two', '4'), row({ place: placeAt('three') })]
    expect((await count([[listed('aa', 'one', '1'), listed('aa', 'one', '2')], unknown])).duplicates).toEqual([])
  })

  it('include every row of a certificate that several places list', async () => {
    const lists = [[listed('aa', 'one', '1'), listed('aa', 'one', '2')], [listed('aa', 'two', '3')]]
    expect((await count(lists)).duplicates[0]?.listed.map((each) => each.row.id)).toEqual(['1', '2', '3'])
  })

  it('are found among the accepted rows only', async () => {
    const lists = [[listed('aa', 'one', '1')], [listed('aa', 'two', '2')]]
    expect((await count(lists, newYear, ({ id }) => id === '1')).duplicates).toEqual([])
  })
})
