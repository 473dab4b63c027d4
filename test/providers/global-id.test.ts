import { describe, expect, it } from '@jest/globals'
import { InputError } from '../../src/input-error.ts'
import { parseGlobalId, toGlobalId } from '../../src/providers/global-id.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a global id', () => {
  it.each<[string, readonly string[]]>([
    ['plain names', ['org_1', 'cert-2']],
    ['no name', []],
    ['an empty name', ['']],
    ['a colon', ['a:b', 'c']],
    ['what looks like an encoded name', ['~YQ']],
    ['slashes, dots and spaces', ['../..', 'a/b?c=d#e', ' ']],
    ['letters beyond ASCII', ['Grüße', '証明書']],
    ['a null byte', ['\0']],
    ['more than 128 characters', ['x'.repeat(129)]],
  ])('gives back the type and %s', (_, key) => {
    const id = toGlobalId('Thing', ...key)
    expect(id).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect(parseGlobalId(id)).toEqual({ id, typename: 'Thing', key })
  })

  it('is never shared by different names', () => {
    const keys = [['a', 'b'], ['a:b'], ['ab'], ['a', 'b', ''], ['', 'a', 'b'], ['~YTpi'], ['a', '~Yg']]
    expect(new Set(keys.map((key) => toGlobalId('Thing', ...key))).size).toBe(keys.length)
  })

  it('is the same whenever it is made', () => {
    expect(toGlobalId('OpenAICertificate', 'org_1', 'cert_1')).toBe(base64('OpenAICertificate:org_1:cert_1'))
  })
})

describe('what is no global id', () => {
  const id = toGlobalId('Thing', 'a', 'b')

  it.each([
    ['other alphabets', '☃'],
    ['the text in the open', 'Thing:a:b'],
    ['an id with a space before it', ` ${id}`],
    ['an id with a line after it', `${id}\n`],
    ['an id without its padding', toGlobalId('Thing', 'ab').replace(/=+$/, '')],
    ['an id with more padding', `${id}=`],
    ['an id in the alphabet of URLs', toGlobalId('Thing', 'a', 'x/y').replaceAll('+', '-')],
    ['a plain name that is encoded', base64('Thing:~YQ')],
    ['a name that would have to be encoded', base64('Thing:a/b')],
    ['bytes that are no text', Buffer.from([0x54, 0x3a, 0xff, 0xfe]).toString('base64')],
    ['thousands of characters', toGlobalId('Thing', ...Array<string>(600).fill('name'))],
  ])('is refused: %s', (_, text) => {
    expect(() => parseGlobalId(text)).toThrow(InputError)
    expect(() => parseGlobalId(text)).toThrow('not an id of this API')
  })
})
