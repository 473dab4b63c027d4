import { describe, expect, it } from '@jest/globals'
import { areLastActive, type FlagList, flagIn, hasOtherActive } from '../../../src/providers/openai/flags.ts'

const list = (flags: Readonly<Record<string, boolean | null>>, unreadableRows = 0): FlagList => ({
  rows: Object.entries(flags).map(([certificateId, listedActive]) => ({ certificateId, listedActive })),
  unreadableRows,
})
const lost = 1

describe('the flag of a certificate in a list', () => {
  it.each([
    [list({ a: true, b: false }), true],
    [list({ a: false }), false],
    [list({ a: null }), null],
    [list({ b: true }), false],
    [list({ b: true }, lost), null],
    [list({ a: true }, lost), true],
  ])('%# is the row’s, false without one, and null when it cannot be known', (each, flag) => {
    expect(flagIn(each, 'a')).toBe(flag)
  })
})

describe('another active certificate in a list', () => {
  it.each([
    [list({ a: true, b: true }), ['a'], true],
    [list({ a: true, b: true }), ['a', 'b'], false],
    [list({ a: true, b: false }), ['a'], false],
    [list({ a: true, b: null }), ['a'], null],
    [list({ a: null, b: false }), ['a'], false],
    [list({ a: true, b: null, c: true }), ['a'], true],
    [list({ a: true }, lost), ['a'], null],
    [list({ a: true, b: true }, lost), ['a'], true],
    [list({ a: true }), [], true],
    [list({}), [], false],
  ])('%#: of %j beside %j: %p', (each, ids, has) => {
    expect(hasOtherActive(each, ids)).toBe(has)
  })
})

describe('certificates are the last that are active', () => {
  const none = list({})
  it.each<[string, FlagList, FlagList, boolean | null]>([
    ['by the place’s own flag', list({ a: true, b: false }), none, true],
    ['by what it inherits', list({ a: false }), list({ a: true, b: false }), true],
    ['by what it inherits, without being in its own list', none, list({ a: true }), true],
    ['by both', list({ a: true }), list({ a: true }), true],
    ['not when another one is', list({ a: true, b: true }), none, false],
    ['not when another one is inherited', list({ a: true }), list({ b: true }), false],
    ['not when another one is active while it is inherited', list({ b: true }), list({ a: true }), false],
    ['not when they are not active', list({ a: false, b: false }), list({ a: false }), false],
    ['not when they are not active, whatever else is not known', list({ a: false, b: null }), none, false],
    ['not when another one is, whatever else is not known', list({ a: null, b: true }, lost), list({}, lost), false],
    ['as far as is known: their own flag is not', list({ a: null }), none, null],
    ['as far as is known: another flag is not', list({ a: true, b: null }), none, null],
    ['as far as is known: an inherited flag is not', list({ a: true }), list({ b: null }), null],
    ['as far as is known: a row was lost', list({ a: true }, lost), none, null],
    ['as far as is known: an inherited row was lost', list({ a: true }), list({}, lost), null],
    ['as far as is known: theirs may be the row that was lost', list({ b: false }, lost), none, null],
  ])('%s', (_, own, inherited, expected) => {
    expect(areLastActive(['a'], [own, inherited])).toBe(expected)
  })

  it('when several of them are, or one of several, and no other', () => {
    expect(areLastActive(['a', 'b'], [list({ a: true, b: true, c: false })])).toBe(true)
    expect(areLastActive(['a', 'b'], [list({ a: true, b: false })])).toBe(true)
    expect(areLastActive(['a', 'b'], [list({ a: true, b: true, c: true })])).toBe(false)
    expect(areLastActive(['a', 'b'], [list({ a: false, b: false })])).toBe(false)
  })
})
