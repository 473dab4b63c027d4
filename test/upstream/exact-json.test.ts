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
})
