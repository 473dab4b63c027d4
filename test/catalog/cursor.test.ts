import { describe, expect, it } from '@jest/globals'
import { decodeCursor, encodeCursor } from '../../src/catalog/cursor.ts'
import { InputError } from '../../src/input-error.ts'

const byName = { name: 'NAME:ASC' }
const byExpiry = { name: 'EXPIRES_AT:ASC' }
const write = (text: string) => Buffer.from(text).toString('base64url')

describe('a cursor', () => {
  it.each([
    ['a name', 'gateway clients'],
    ['an empty name', ''],
    ['a name of the costliest characters', '\u0001'.repeat(256)],
    ['half a pair of code units', `${'a'.repeat(255)}\ud83d`],
    ['letters of any script', '漢字 Ω é 😀'],
    ['a moment', 1_893_456_000_000],
    ['a moment before 1970', -62_135_596_800_000],
    ['zero', 0],
    ['a null key', null],
  ])('keeps the position of %s and whether all pages were complete', (_, key) => {
    for (const complete of [true, false]) {
      const cursor = { position: { key, id: 'TGl2ZVBlcnNvbg==' }, complete }
      const text = encodeCursor(byName, cursor)
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(decodeCursor(byName, text, 'after')).toEqual(cursor)
    }
  })

  it('of another order is rejected with a message that names both orders', () => {
    const text = encodeCursor(byName, { position: { key: 'a', id: 'b' }, complete: true })
    expect(() => decodeCursor(byExpiry, text, 'before')).toThrow(InputError)
    expect(() => decodeCursor(byExpiry, text, 'before')).toThrow(/^before: .*NAME:ASC.*EXPIRES_AT:ASC/)
    expect(() => decodeCursor({ name: 'NAME:DESC' }, text, 'after')).toThrow(InputError)
  })

  it.each([
    ['no characters', ''],
    ['text that is not JSON', write('certificate')],
    ['a number', write('7')],
    ['null', write('null')],
    ['an object', write('{"0":"NAME:ASC","1":null,"2":"id","3":true,"length":4}')],
    ['too few members', write('["NAME:ASC","a","id"]')],
    ['too many members', write('["NAME:ASC","a","id",true,true]')],
    ['a key that is true', write('["NAME:ASC",true,"id",true]')],
    ['a key that is a list', write('["NAME:ASC",["a"],"id",true]')],
    ['an infinite key', write('["NAME:ASC",1e999,"id",true]')],
    ['no id', write('["NAME:ASC","a",null,true]')],
    ['a numeric complete', write('["NAME:ASC","a","id",1]')],
    ['no order', write('[null,"a","id",true]')],
    ['spaces in the JSON', write('["NAME:ASC", "a","id",true]')],
    ['another spelling of a number', write('["NAME:ASC",1.0,"id",true]')],
    ['padding', `${write('["NAME:ASC","a","i",true]')}=`],
    ['the other alphabet of base64', Buffer.from('["NAME:ASC","?>?>?>","id",true]').toString('base64')],
    [
      'bytes that are not UTF-8',
      Buffer.from([...Buffer.from('["NAME:ASC","'), 0xff, ...Buffer.from('","id",true]')]).toString('base64url'),
    ],
    ['more than 4096 characters', write(`["NAME:ASC","a","${'i'.repeat(4000)}",true]`)],
  ])('with %s is rejected', (_, text) => {
    expect(() => decodeCursor(byName, text, 'after')).toThrow(InputError)
    expect(() => decodeCursor(byName, text, 'after')).toThrow(/^after: not a cursor of this API/)
  })

  it('is either valid or rejected when any character is changed', () => {
    const text = encodeCursor(byName, { position: { key: 'name', id: 'id' }, complete: true })
    for (let index = 0; index < text.length; index += 1) {
      for (const character of 'Az0_-+/= ') {
        const changed = text.slice(0, index) + character + text.slice(index + 1)
        try {
          // A changed text that is still a cursor is the only spelling of that cursor.
          expect(encodeCursor(byName, decodeCursor(byName, changed, 'after'))).toBe(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }
    }
  })
})
