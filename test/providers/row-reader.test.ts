import { describe, expect, it } from '@jest/globals'
import { isObject } from '../../src/is-object.ts'
import { parseId, RowReader } from '../../src/providers/row-reader.ts'

const rowOf = (value: unknown) => new RowReader({ field: value })

/** The value that a reader returns, and the issues that it notes. */
function read<Value>(value: unknown, reader: (row: RowReader) => Value): { value: Value; issues: readonly string[] } {
  const row = rowOf(value)
  return { value: reader(row), issues: row.issues }
}

describe('an absent member', () => {
  it.each([undefined, null])('is null without an issue: %s', (absent) => {
    const row = rowOf(absent)
    expect([row.text('field'), row.flag('field'), row.texts('field')]).toEqual([null, null, null])
    expect([row.seconds('field'), row.date('field')]).toEqual([null, null])
    expect(row.object('field').text('below')).toBeNull()
    expect(row.objects('field')).toEqual([])
    expect(row.has('field')).toBe(false)
    expect(row.issues).toEqual([])
  })
})

describe('a member of the wrong type', () => {
  it.each<[string, unknown, (row: RowReader) => unknown]>([
    ['a string', 5, (row) => row.text('field')],
    ['true or false', 'false', (row) => row.flag('field')],
    ['a list of strings', 'a', (row) => row.texts('field')],
    ['Unix seconds', true, (row) => row.seconds('field')],
    ['a date', {}, (row) => row.date('field')],
  ])('is null and noted: expected %s', (expected, value, reader) => {
    expect(read(value, reader)).toEqual({ value: null, issues: [`field: expected ${expected}`] })
  })

  it('is an empty object where an object is expected', () => {
    const row = rowOf(['not an object'])
    expect(row.object('field').text('below')).toBeNull()
    expect(row.issues).toEqual(['field: expected an object'])
  })

  it('is noted with its path, also within a list', () => {
    const row = rowOf({ inner: 7, list: [{ name: 'kept' }, 'lost', { name: 8 }] })
    expect(row.object('field').text('inner')).toBeNull()
    expect(
      row
        .object('field')
        .objects('list')
        ?.map((entry) => entry.text('name')),
    ).toEqual(['kept', null])
    expect(row.issues).toEqual([
      'field.inner: expected a string',
      'field.list[1]: expected an object',
      'field.list[2].name: expected a string',
    ])
  })

  it('keeps the strings of a list', () => {
    expect(read(['a', 1, null, 'b'], (row) => row.texts('field'))).toEqual({
      value: ['a', 'b'],
      issues: ['field: expected a list of strings'],
    })
  })
})

describe('seconds', () => {
  it.each([
    [1_893_456_000, '2030-01-01T00:00:00.000Z'],
    ['1893456000', '2030-01-01T00:00:00.000Z'],
    ['20270601', '2027-06-01T00:00:00.000Z'],
    [820_454_400, '1996-01-01T00:00:00.000Z'],
    [1_893_456_000.5, '2030-01-01T00:00:00.500Z'],
    [1_893_456_000_000, '2030-01-01T00:00:00.000Z'],
    [253_402_300_799, '9999-12-31T23:59:59.000Z'],
  ])('reads %p', (value, moment) => {
    expect(read(value, (row) => row.seconds('field'))).toEqual({ value: Date.parse(moment), issues: [] })
  })

  it.each([
    1e20,
    -1e20,
    0,
    1,
    -5,
    2027,
    20_270_601,
    99_999_999_999,
    253_402_300_800,
    Number.NaN,
    'tomorrow',
    '',
    '2027',
    '1e9',
    10n,
    [],
    {},
  ])('returns null for %p and notes it', (value) => {
    expect(read(value, (row) => row.seconds('field'))).toEqual({
      value: null,
      issues: ['field: expected Unix seconds'],
    })
  })
})

describe('date', () => {
  it.each([
    ['2030-01-31T23:59:59Z', '2030-01-31T23:59:59.000Z'],
    ['2030-01-31T23:59:59z', '2030-01-31T23:59:59.000Z'],
    ['2030-01-31t23:59:59z', '2030-01-31T23:59:59.000Z'],
    ['2030-01-31T23:59:59.125Z', '2030-01-31T23:59:59.125Z'],
    ['2030-01-31T23:59Z', '2030-01-31T23:59:00.000Z'],
    ['2030-01-31T23:59:59+02:00', '2030-01-31T21:59:59.000Z'],
    ['2030-01-31T23:59:59.000-0530', '2030-02-01T05:29:59.000Z'],
    ['2030-01-31T23:59:59', '2030-01-31T23:59:59.000Z'],
    ['2030-01-31 23:59:59', '2030-01-31T23:59:59.000Z'],
    [' 2030-01-31 ', '2030-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['1893456000000', '2030-01-01T00:00:00.000Z'],
    [1_893_456_000_000, '2030-01-01T00:00:00.000Z'],
    ['1893456000', '2030-01-01T00:00:00.000Z'],
    ['20270601120000', '2027-06-01T12:00:00.000Z'],
    [20_270_601_120_000, '2027-06-01T12:00:00.000Z'],
    ['20270601', '2027-06-01T00:00:00.000Z'],
    [20_270_601, '2027-06-01T00:00:00.000Z'],
    ['1811851200', '2027-06-01T12:00:00.000Z'],
    [1_811_851_200_000, '2027-06-01T12:00:00.000Z'],
  ])('reads %p', (value, moment) => {
    expect(read(value, (row) => row.date('field'))).toEqual({ value: Date.parse(moment), issues: [] })
  })

  it.each([
    'tomorrow',
    '',
    '2030-13-01',
    '2030-02-30',
    '2029-02-29T12:00:00Z',
    '31.01.2030',
    '01/31/2030',
    '2030-01-31T25:00:00Z',
    '2030-01-31 Europe',
    '+012030-01-31T00:00:00Z',
    '99999999999999999999',
    '2027',
    '202706',
    '202706011200',
    '20270230',
    '20271301000000',
    '20270601240100',
    '99999999999999',
    '0000000000',
    '9999999999',
    '0000000000000',
    '9999999999999',
    2027,
    0,
    1e21,
    -1,
    true,
  ])('returns null for %p and notes it', (value) => {
    expect(read(value, (row) => row.date('field'))).toEqual({ value: null, issues: ['field: expected a date'] })
  })
})

describe('parseId', () => {
  it.each<[unknown, string]>([
    [7, '7'],
    [0, '0'],
    ['0', '0'],
    ['cert_1', 'cert_1'],
    [9007199254740993n, '9007199254740993'],
    ['9'.repeat(40), '9'.repeat(40)],
    ['x'.repeat(512), 'x'.repeat(512)],
    [10n ** 39n, `1${'0'.repeat(39)}`],
  ])('reads %p', (value, id) => expect(parseId(value)).toBe(id))

  it.each([
    undefined,
    null,
    '',
    true,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    ['1'],
    1e21,
    // As JSON.parse reads 9007199254740993.0 and 9.007199254740993e15.
    2 ** 53,
    10n ** 40n,
    '9'.repeat(41),
    'x'.repeat(513),
  ])('returns null for %p', (value) => expect(parseId(value)).toBeNull())
})

it('isObject rejects lists and null', () => {
  expect([{}, [], null, 'x'].map(isObject)).toEqual([true, false, false, false])
})
