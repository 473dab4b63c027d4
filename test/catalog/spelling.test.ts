import { describe, expect, it } from '@jest/globals'
import { fold, hexFingerprint, hexSerial, toSubjectAltNames } from '../../src/catalog/spelling.ts'

describe('hexSerial', () => {
  it.each([
    ['0a1b', '0a1b'],
    ['0A:1B', '0a1b'],
    ['0a 1b', '0a1b'],
    [' 0x0A1B\n', '0a1b'],
    ['0Xa1b', '0a1b'],
    ['a1b', '0a1b'],
    ['0a1', 'a1'],
    ['00:00:0a:1b', '0a1b'],
    ['00ff', 'ff'],
    ['0', '00'],
    ['00', '00'],
    ['0000', '00'],
    ['1', '01'],
    ['f'.repeat(41), `0${'f'.repeat(41)}`],
  ])('writes %j as %j: lower-case bytes without leading zero bytes', (text, spelling) => {
    expect(hexSerial(text)).toBe(spelling)
    expect(hexSerial(spelling)).toBe(spelling)
  })

  it.each(['', ' ', ':', '0x', 'xyz', '-1', '1.5', '0x0x1', '1x0', 'null', '１２'])('returns null for %j', (text) => {
    expect(hexSerial(text)).toBeNull()
  })
})

describe('hexFingerprint', () => {
  const plain = '0f'.repeat(32)

  it.each([
    plain,
    plain.toUpperCase(),
    plain.replaceAll(/..(?=.)/g, '$&:'),
    plain.replaceAll(/..(?=.)/g, '$& '),
    `0x${plain}`,
    ` ${plain} `,
  ])('writes %j as 64 lower-case digits', (text) => {
    expect(hexFingerprint(text)).toBe(plain)
  })

  it('keeps leading zeros', () => {
    expect(hexFingerprint('00'.repeat(32))).toBe('00'.repeat(32))
  })

  it.each(['', 'ab', plain.slice(1), `${plain}0`, plain.replace('f', 'g')])('returns null for %j', (text) => {
    expect(hexFingerprint(text)).toBeNull()
  })
})

describe('fold', () => {
  it.each([
    ['ABC', 'abc'],
    ['E\u0301', 'é'],
    ['É', 'é'],
    ['\u212B', 'å'],
    ['Straße', 'straße'],
    // Independent of the locale: the Turkish lower-case I is different.
    ['I', 'i'],
  ])('folds %j to %j', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })
})

describe('toSubjectAltNames', () => {
  it('removes duplicates and keeps the order', () => {
    expect(toSubjectAltNames(['b', 'a', 'b', 'c', 'a'])).toEqual(['b', 'a', 'c'])
    expect(toSubjectAltNames([])).toEqual([])
  })
})
