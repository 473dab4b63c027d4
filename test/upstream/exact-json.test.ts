import { describe, expect, it } from '@jest/globals'
import { parseId } from '../../src/providers/row-reader.ts'
import { parseJson } from '../../src/upstream/exact-json.ts'

describe('parseJson', () => {
  it.each(['1', '-7', '9007199254740993', '-9223372036854775808', '9'.repeat(40)])('keeps the integer %s', (digits) => {
    expect(String(parseJson(digits))).toBe(digits)
    expect(parseId(parseJson(digits))).toBe(digits)
  })

  it('reads other numbers as JSON.parse does', () => {
    for (const text of ['1.5', '1e3', '0.1234567890123456789', '1234567890123456789e2', '-0'])
      expect(parseJson(`[${text}]`)).toEqual(JSON.parse(`[${text}]`))
  })

  it('does not convert an integer of more than 40 digits, which is no id', () => {
    const value = parseJson('9'.repeat(41))
    expect(typeof value).toBe('object')
    expect(parseId(value)).toBeNull()
  })

  it.each<[string, string, unknown]>([
    ['in another member', '[{"id":7,"size":9007199254740993}]', [{ id: 7, size: 2 ** 53 }]],
    ['in an object below', '{"id":7,"more":[{"size":9007199254740993}]}', { id: 7, more: [{ size: 2 ** 53 }] }],
    ['in a text', '[{"id":7,"size":1,"serial":"9007199254740993"}]', [{ id: 7, size: 1, serial: '9007199254740993' }]],
  ])('leaves the body to JSON.parse when the long digits are %s', (_, text, value) => {
    expect(parseJson(text, new Set(['id', 'serial']))).toEqual(value)
  })

  it.each(['[{"id":9007199254740993}]', '{"more":[{"id":9007199254740993}]}', '[{"more":{"id":-9007199254740993}}]'])(
    'keeps every digit of a member that is used: %s',
    (text) => {
      const digits = /-?\d+/.exec(text)?.[0] ?? ''
      const json = JSON.stringify(parseJson(text, new Set(['id'])), (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      )
      expect(json).toBe(text.replace(digits, `"${digits}"`))
    },
  )

  it.each([
    '"name":1,"name":2',
    '"name":{"a":[1,2]},"name":{"a":[1,3]}',
    '"name":2,"other":0,"name":1,"name":null',
    '"name":[],"n\\u0061me":{}',
    '"__proto__":{"name":1},"__proto__":7',
    '"name":"\\ud800 \\u0000 \\/ \\b"',
    '"":0,"toString":1,"constructor":{"prototype":2}',
    ' "name" :\t1\r\n ',
  ])('accepts what JSON.parse accepts, with the same members, beside an exact integer: %s', (members) => {
    const exact = parseJson(`[{"id":9007199254740993},{${members}}]`) as readonly unknown[]
    expect(exact[0]).toEqual({ id: 9007199254740993n })
    expect(JSON.stringify(exact[1])).toBe(JSON.stringify(JSON.parse(`{${members}}`)))
  })

  it('parses a body of 100,000 levels that has no long integer', () => {
    const deep = `${'['.repeat(100_000)}"1234567890123456"${']'.repeat(100_000)}`
    expect(() => parseJson(deep)).not.toThrow()
  })
})
