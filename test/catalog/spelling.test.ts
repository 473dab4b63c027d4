import { describe, expect, it } from '@jest/globals'
import {
  decimalSerial,
  fold,
  hexFingerprint,
  hexSerial,
  spellAddress,
  toAsciiName,
  toSubjectAltNames,
} from '../../src/catalog/spelling.ts'

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
    ['0a:ff:1', '0aff01'],
    ['0:A:FF', '0aff'],
    ['0x0a:ff:1', '0aff01'],
    ['0a:ff:1:', '0aff01'],
    ['0a ff 1', '0aff01'],
    ['0a : ff : 1', '0aff01'],
    [' a:1 ', '0a01'],
    ['-11D4c2', '-11d4c2'],
    [' -0x1', '-01'],
    ['-a:1', '-0a01'],
    ['-00', '00'],
    ['f'.repeat(41), `0${'f'.repeat(41)}`],
  ])('writes %j as %j: lower-case bytes without leading zero bytes', (text, spelling) => {
    expect(hexSerial(text)).toBe(spelling)
    expect(hexSerial(spelling)).toBe(spelling)
  })

  it.each(['', ' ', ':', '0x', 'xyz', '-', '--1', '- -1', '1.5', '0x0x1', '1x0', 'null', '１２'])(
    'returns null for %j',
    (text) => {
      expect(hexSerial(text)).toBeNull()
    },
  )
})

describe('decimalSerial', () => {
  it.each([
    ['0', '00'],
    ['255', 'ff'],
    [' 256\n', '0100'],
    ['-256', '-0100'],
    ['0012', '0c'],
    ['23697231842190413823', '0148dd7acea1d5cfff'],
  ])('writes %j as %j', (text, spelling) => {
    const [, sign = '', digits = ''] = /(-?)(\d+)/.exec(text) ?? []
    expect(BigInt(`0x${spelling.replace('-', '')}`)).toBe(BigInt(digits))
    expect(decimalSerial(text)).toBe(`${sign}${spelling.replace('-', '')}`)
  })

  it.each(['', 'ff', '1 2', '1.5', '--1', '１２', '9'.repeat(101)])('returns null for %j', (text) => {
    expect(decimalSerial(text)).toBeNull()
  })
})

describe('toAsciiName', () => {
  it.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.bu\u0308cher.example', '*.xn--bcher-kva.example'],
    ['a.example', 'a.example'],
    ['a_b\0.example', 'a_b\0.example'],
    ['email:ü@bücher.example', 'email:ü@bücher.example'],
  ])('writes %j as %j', (name, ascii) => {
    expect(toAsciiName(name)).toBe(ascii)
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

describe('a long name', () => {
  it('is compared by its first 1,024 code units', () => {
    expect(fold('A'.repeat(2_000))).toBe('a'.repeat(1_024))
  })

  it('keeps up to 30 combining marks in sequence in their canonical order', () => {
    const marks = '\u0315\u0300'.repeat(15)
    expect(fold(`a${marks}`)).toBe(`a${marks}`.normalize('NFC'))
  })

  it('with more combining marks is equal to another spelling of the same marks', () => {
    const accents = '\u0327\u0301'.repeat(100)
    expect(fold(`E${accents}`)).toBe(fold(`e${accents}`))
    expect(fold(`e\u0301${'\u0301'.repeat(40)}`)).toContain('é')
  })

  it('of more characters than a DNS name or an IPv6 address is not converted', () => {
    const name = `${'ü'.repeat(60)}.`.repeat(5)
    expect(toAsciiName(name)).toBe(name)
    expect(spellAddress(`${'0'.repeat(50)}::1`)).toBe(`${'0'.repeat(50)}::1`)
  })
})

describe('toSubjectAltNames', () => {
  it('removes duplicates and keeps the order', () => {
    expect(toSubjectAltNames(['b', 'a', 'b', 'c', 'a'])).toEqual(['b', 'a', 'c'])
    expect(toSubjectAltNames([])).toEqual([])
  })
})
