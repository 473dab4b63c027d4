import { describe, expect, it } from '@jest/globals'
import { areLastActive, type FlagList, flagIn, hasOtherActive } from '../../../src/providers/openai/flags.ts'

const list = (flags: Readonly<Record<string, boolean | null>>, unreadableRows = 0): FlagList => ({
  rows: Object.entries(flags).map(([certificateId, listedActive]) => ({ certificateId, listedActive })),
  unreadableRows,
})
const unreadable = 1

describe('the flag of a certificate in a list', () => {
  it.each([
    [list({ a: true, b: false }), true],
    [list({ a: false }), false],
    [list({ a: null }), null],
    [list({ b: true }), false],
    [list({ b: true }, unreadable), null],
    [list({ a: true }, unreadable), true],
  ])('is that of its row, false without a row, and null when it is unknown (case %#)', (each, flag) => {
    expect(flagIn(each, 'a')).toBe(flag)
  })
})

describe('whether a list has another active certificate', () => {
  it.each([
    [list({ a: true, b: true }), ['a'], true],
    [list({ a: true, b: true }), ['a', 'b'], false],
    [list({ a: true, b: false }), ['a'], false],
    [list({ a: true, b: null }), ['a'], null],
    [list({ a: null, b: false }), ['a'], false],
    [list({ a: true, b: null, c: true }), ['a'], true],
    [list({ a: true }, unreadable), ['a'], null],
    [list({ a: true, b: true }, unreadable), ['a'], true],
    [list({ a: true }), [], true],
    [list({}), [], false],
  ])('ignores the given ids (case %#): %j without %j gives %p', (each, ids, has) => {
    expect(hasOtherActive(each, ids)).toBe(has)
  })
})

describe('certificates are the last active ones', () => {
  const none = list({})
  it.each<[string, FlagList, FlagList, boolean | null]>([
    ['when no other one is active in the place’s own list', list({ a: true, b: false }), none, true],
    ['when they are inherited', list({ a: false }), list({ a: true, b: false }), true],
    ['when they are inherited and not in the place’s own list', none, list({ a: true }), true],
    ['when they alone are active in both lists', list({ a: true }), list({ a: true }), true],
    ['not when another one is active', list({ a: true, b: true }), none, false],
    ['not when an inherited one is active', list({ a: true }), list({ b: true }), false],
    ['not when another one is active and they are inherited', list({ b: true }), list({ a: true }), false],
    ['not when they are not active', list({ a: false, b: false }), list({ a: false }), false],
    ['not when they are not active and another flag is unknown', list({ a: false, b: null }), none, false],
    [
      'not when another one is active and their own flag is unknown',
      list({ a: null, b: true }, unreadable),
      list({}, unreadable),
      false,
    ],
    ['possibly, when their own flag is unknown', list({ a: null }), none, null],
    ['possibly, when another flag is unknown', list({ a: true, b: null }), none, null],
    ['possibly, when an inherited flag is unknown', list({ a: true }), list({ b: null }), null],
    ['possibly, when a row was unreadable', list({ a: true }, unreadable), none, null],
    ['possibly, when an inherited row was unreadable', list({ a: true }), list({}, unreadable), null],
    ['possibly, when the unreadable row may be theirs', list({ b: false }, unreadable), none, null],
  ])('%s', (_, own, inherited, expected) => {
    expect(areLastActive(['a'], [own, inherited])).toBe(expected)
  })

  it('when at least one of them is active and no other one is', () => {
    expect(areLastActive(['a', 'b'], [list({ a: true, b: true, c: false })])).toBe(true)
    expect(areLastActive(['a', 'b'], [list({ a: true, b: false })])).toBe(true)
    expect(areLastActive(['a', 'b'], [list({ a: true, b: true, c: true })])).toBe(false)
    expect(areLastActive(['a', 'b'], [list({ a: false, b: false })])).toBe(false)
  })
})
