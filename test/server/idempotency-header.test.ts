import { describe, expect, it } from '@jest/globals'
import { parseIdempotencyKey } from '../../src/server/idempotency-header.ts'

describe('the header Idempotency-Key', () => {
  it.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"with spaces, a comma; and a semicolon"', 'with spaces, a comma; and a semicolon'],
    ['"a \\"quoted\\" word and a \\\\"', 'a "quoted" word and a \\'],
    ['a:b/c+d=e~f', 'a:b/c+d=e~f'],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('may be %s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key)
  })

  it.each([
    '',
    '""',
    '"',
    '"not closed',
    'not opened"',
    '"one", "two"',
    'one, two',
    'one two',
    '"one";version=1',
    '"a "quote""',
    '"an escaped \\letter"',
    'a\\b',
    '"Grüße"',
    '"a\ttab"',
    `"${'k'.repeat(256)}"`,
    'k'.repeat(256),
  ])('may not be %s', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(/^The header Idempotency-Key is invalid; expected one string/)
  })
})
