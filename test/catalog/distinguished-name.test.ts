import 'reflect-metadata'
import { describe, expect, it } from '@jest/globals'
import { Name } from '@peculiar/x509'
import { tidyDistinguishedName, toDistinguishedName } from '../../src/catalog/distinguished-name.ts'

type Values = Readonly<Record<string, readonly string[]>>

/** A name of these texts, without the escapes that the library would interpret. */
const spell = (names: readonly Values[]) =>
  toDistinguishedName(
    Buffer.from(
      new Name(
        names.map((name) => {
          const entries = Object.entries(name).map(([type, values]) => [
            type,
            values.map((utf8String) => ({ utf8String })),
          ])
          return Object.fromEntries(entries)
        }),
      ).toArrayBuffer(),
    ),
  )

/** Parses `type=value` (RFC 4514, 3): separators, and spaces at either end, must be escaped. */
function readValue(part: string): string {
  const [, value = ''] = /^[A-Za-z]+=(.*)$/s.exec(part) ?? []
  if (/^[ #]|(?<!\\)(?:\\\\)* $/.test(value)) throw new Error(`${part}: a space or # that is not escaped`)
  return value.replace(/\\(?:([0-9a-f]{2})|([ #=\\",+<>;]))|[\\",+;<>]/gi, (match, hex?: string, plain?: string) => {
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16))
    if (plain) return plain
    throw new Error(`${part}: ${match} that is not escaped`)
  })
}

describe('toDistinguishedName', () => {
  it('writes the most specific part first, with commas and no spaces', () => {
    expect(spell([{ C: ['NL'] }, { O: ['Bluequay Freight'] }, { CN: ['Gateway CA'] }])).toBe(
      'CN=Gateway CA,O=Bluequay Freight,C=NL',
    )
    expect(spell([{ DC: ['example'] }, { DC: ['bluequay'] }])).toBe('DC=bluequay,DC=example')
  })

  it('keeps the values of a multi-valued part together', () => {
    expect(spell([{ O: ['Freight'] }, { CN: ['gateway'], OU: ['edge', 'core'] }])).toBe(
      'OU=core+OU=edge+CN=gateway,O=Freight',
    )
  })

  it('returns null for a name without parts', () => {
    expect(spell([])).toBeNull()
  })

  it('names the types as OpenSSL does', () => {
    const types = ['E', '2.5.4.5', '2.5.4.97', '0.9.2342.19200300.100.1.1', 'CN', '1.3.6.1.4.1.311.60.2.1.3']
    expect(types.map((type) => spell([{ [type]: ['1'] }]))).toEqual([
      'emailAddress=1',
      'serialNumber=1',
      'organizationIdentifier=1',
      'UID=1',
      'CN=1',
      'jurisdictionC=1',
    ])
  })

  it('writes the value of an unknown type as the hex digits of its DER', () => {
    expect(spell([{ '1.2.3.4': ['bar'] }, { CN: ['a'] }])).toBe('CN=a,1.2.3.4=#0c03626172')
  })

  it.each([
    ['a,b', 'a\\,b'],
    ['a+b;c', 'a\\+b\\;c'],
    ['<a>', '\\<a\\>'],
    ['"a"', '\\"a\\"'],
    ['a\\b', 'a\\\\b'],
    [' a ', '\\ a\\ '],
    ['  ', '\\ \\ '],
    [' ', '\\ '],
    ['#a#', '\\#a#'],
    [' #', '\\ #'],
    ['a\\ ', 'a\\\\\\ '],
    ['a\0b', 'a\\00b'],
    ['a=b c', 'a=b c'],
    ['é漢😀', 'é漢😀'],
  ])('escapes %j as %j', (value, escaped) => {
    expect(spell([{ CN: [value] }])).toBe(`CN=${escaped}`)
  })

  it('writes names that parse back to any values', () => {
    const characters = ['a', ' ', '#', '\\', '"', ',', '+', ';', '<', '>', '=', '\0']
    const values = characters.flatMap((a) => characters.flatMap((b) => ['', ...characters].map((c) => a + b + c)))
    expect(values.map((value) => readValue(spell([{ CN: [value] }]) ?? ''))).toEqual(values)
  })
})

describe('tidyDistinguishedName', () => {
  it.each([
    ['CN=a,O=b,C=US', 'CN=a,O=b,C=US'],
    ['CN=a, O=b,  C=US', 'CN=a,O=b,C=US'],
    ['CN=a ,O=b', 'CN=a,O=b'],
    [' CN=a,O=b\n', 'CN=a,O=b'],
    // An escaped comma and the text after it are part of the value.
    ['CN=a\\, b, O=c', 'CN=a\\, b,O=c'],
    ['CN=a\\\\, O=c', 'CN=a\\\\,O=c'],
    ['CN=a\\ , O=c', 'CN=a\\ ,O=c'],
    ['CN=a  b , O=c', 'CN=a  b,O=c'],
    ['CN="a , b" , O=c', 'CN=a \\, b,O=c'],
    ['', null],
    ['  ', null],
  ])('rewrites %j as %j', (text, tidied) => {
    expect(tidyDistinguishedName(text)).toBe(tidied)
  })

  it('takes time in proportion to the length of the text', () => {
    const text = `CN=a${' '.repeat(1_000_000)}b`
    expect(tidyDistinguishedName(text)).toBe(text)
  })
})
