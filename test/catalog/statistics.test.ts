import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import { countCertificates } from '../../src/catalog/statistics.ts'
import { noX509Details, type X509Details } from '../../src/catalog/x509.ts'

const day = 86_400_000
const thresholds = { critical: 14 * day, warning: 30 * day }
const newYear = Date.UTC(2030, 0, 1)

type Row = Certificate & { readonly place: { readonly id: string } }

const row = (rest: Partial<Row> = {}): Row => ({
  __typename: 'AcmeCertificate',
  id: 'id',
  provider: 'ACME',
  name: null,
  active: true,
  createdAt: null,
  validFrom: null,
  expiresAt: null,
  declaredExpired: false,
  deleted: false,
  x509: undefined,
  parseIssues: [],
  place: { id: 'here' },
  ...rest,
})
const telling = (details: Partial<X509Details>, rest: Partial<Row> = {}) =>
  row({ x509: { ...noX509Details, ...details }, ...rest })

const count = (lists: readonly (readonly Row[])[], now = newYear, accepts: (row: Row) => boolean = () => true) =>
  countCertificates(lists, accepts, { now, thresholds })

describe('counting certificates', () => {
  it('finds none in no list, and months all the same', () => {
    const { byExpiryMonth, ...rest } = count([])
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

  it('counts those alone that are accepted, and asks of each once', () => {
    const asked: string[] = []
    const lists = [[row({ id: 'a' }), row({ id: 'b' })], [], [row({ id: 'c' })]]
    const counts = count(lists, newYear, ({ id }) => {
      asked.push(id)
      return id !== 'b'
    })
    expect(asked).toEqual(['a', 'b', 'c'])
    expect(counts).toMatchObject({ total: 2, byProvider: [{ key: 'ACME', count: 2 }] })
  })

  it('groups by vendor and status in alphabetical order, whatever came first', () => {
    const rows = [
      row({ provider: 'ZED' }),
      row({ provider: 'ACME', expiresAt: newYear + 15 * day }),
      row({ provider: 'ZED', expiresAt: newYear }),
      row({ provider: 'MID', declaredExpired: true }),
      row({ provider: 'ACME', expiresAt: newYear + 31 * day }),
    ]
    const { byProvider, byExpiryStatus } = count([rows])
    expect(byProvider.map(({ key, count: n }) => `${key} ${n}`)).toEqual(['ACME 2', 'MID 1', 'ZED 2'])
    expect(byExpiryStatus.map(({ key, count: n }) => `${key} ${n}`)).toEqual([
      'EXPIRED 2',
      'OK 1',
      'UNKNOWN 1',
      'WARNING 1',
    ])
  })

  it('groups by kind of key, and puts those whose list does not tell it last', () => {
    const rows = [
      row(),
      telling({ keyAlgorithm: 'RSA' }),
      telling({}),
      telling({ keyAlgorithm: 'DSA' }),
      telling({ keyAlgorithm: 'RSA' }),
    ]
    expect(count([rows]).byKeyAlgorithm).toEqual([
      { key: 'DSA', count: 1 },
      { key: 'RSA', count: 2 },
      { key: null, count: 2 },
    ])
  })

  it('takes places of the same id for one', () => {
    const rows = [row(), row(), row({ place: { id: 'there' } })]
    expect(count([rows.slice(0, 1), rows.slice(1)]).byPlace).toEqual([
      { key: { id: 'here' }, count: 2 },
      { key: { id: 'there' }, count: 1 },
    ])
  })
})

describe('months', () => {
  const monthsAt = (now: number, ends: readonly number[]) => count([ends.map((expiresAt) => row({ expiresAt }))], now)
  const counted = (now: number, ends: readonly number[]) =>
    monthsAt(now, ends)
      .byExpiryMonth.filter((month) => month.count > 0)
      .map((month) => `${new Date(month.key).toISOString()} ${month.count}`)

  it.each([
    ['the first moment of a year', newYear],
    ['the last moment of a January', Date.UTC(2030, 1, 1) - 1],
    ['the middle of a month', Date.UTC(2030, 0, 17, 11, 12, 13)],
  ])('begin with the current one at %s, and go on for two years', (_, now) => {
    const keys = monthsAt(now, []).byExpiryMonth.map(({ key }) => new Date(key).toISOString())
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

  it('go on into the next years from the last month of one', () => {
    const keys = monthsAt(Date.UTC(2030, 11, 31, 23, 59, 59, 999), []).byExpiryMonth.map(({ key }) =>
      new Date(key).toISOString().slice(0, 7),
    )
    expect(keys.slice(0, 2)).toEqual(['2030-12', '2031-01'])
    expect(keys.slice(-2)).toEqual(['2032-10', '2032-11'])
  })

  it('take a certificate from their first moment to their last', () => {
    const [february, march] = [Date.UTC(2032, 1, 1), Date.UTC(2032, 2, 1)]
    const now = Date.UTC(2032, 0, 31)
    expect(counted(now, [february - 1, february, march - 1, march])).toEqual([
      '2032-01-01T00:00:00.000Z 1',
      '2032-02-01T00:00:00.000Z 2',
      '2032-03-01T00:00:00.000Z 1',
    ])
  })

  it('count what expired earlier in the current one, and nothing beyond either end or of unknown end', () => {
    const now = Date.UTC(2030, 0, 17)
    expect(counted(now, [newYear - 1, newYear, now, Date.UTC(2032, 0, 1) - 1, Date.UTC(2032, 0, 1)])).toEqual([
      '2030-01-01T00:00:00.000Z 2',
      '2031-12-01T00:00:00.000Z 1',
    ])
    expect(count([[row()]], now).byExpiryMonth.every((month) => month.count === 0)).toBe(true)
  })
})

describe('duplicates', () => {
  const held = (sha256Fingerprint: string | null, place: string, id: string) =>
    telling({ sha256Fingerprint }, { id, place: { id: place } })

  it('are what several places hold, by fingerprint, with the list each stands in', () => {
    const lists = [
      [held('bb', 'one', '1'), held('cc', 'one', '2'), held('aa', 'one', '3')],
      [held('aa', 'two', '4'), held('bb', 'two', '5'), held('bb', 'three', '6')],
    ]
    const { duplicates, total } = count(lists)
    expect(total).toBe(6)
    expect(
      duplicates.map(({ sha256Fingerprint, listed }) => [sha256Fingerprint, listed.map((each) => each.row.id)]),
    ).toEqual([
      ['aa', ['3', '4']],
      ['bb', ['1', '5', '6']],
    ])
    expect(duplicates[0]?.listed.map(({ list }) => list)).toEqual([0, 1])
  })

  it('are not what one place holds twice, nor what has no fingerprint', () => {
    const unknown = [held(null, 'one', '3'), held(null, 'two', '4'), row({ place: { id: 'three' } })]
    expect(count([[held('aa', 'one', '1'), held('aa', 'one', '2')], unknown]).duplicates).toEqual([])
  })

  it('show all that a place holds of what another holds too', () => {
    const lists = [[held('aa', 'one', '1'), held('aa', 'one', '2')], [held('aa', 'two', '3')]]
    expect(count(lists).duplicates[0]?.listed.map((each) => each.row.id)).toEqual(['1', '2', '3'])
  })

  it('are sought among those that are accepted', () => {
    const lists = [[held('aa', 'one', '1')], [held('aa', 'two', '2')]]
    expect(count(lists, newYear, ({ id }) => id === '1').duplicates).toEqual([])
  })
})
