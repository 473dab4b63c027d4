import { describe, expect, it } from '@jest/globals'
import { compareLists } from '../../src/changes/compare-lists.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import type { ListedCertificate } from '../../src/upstream/list-observer.ts'

const expiry = { provider: 'OPENAI', evaluatedAt: 5, thresholds: { critical: 100, warning: 300 } }
const certificate = (id: string, values: Partial<ListedCertificate> = {}): ListedCertificate => ({
  id,
  name: `name of ${id}`,
  expiresAt: 1_000,
  validFrom: null,
  active: true,
  declaredExpired: false,
  replacementKey: values.name ?? null,
  identity: null,
  ...values,
})

async function kindsOf(before: readonly ListedCertificate[], after: readonly ListedCertificate[]) {
  const { changes } = await compareLists(before, after, { at: 5, expiry, timeSlice: endlessTimeSlice })
  return changes.map(({ kind, certificateId, replacesId }) =>
    replacesId === null ? `${kind} ${certificateId}` : `${kind} ${certificateId} for ${replacesId}`,
  )
}

const [on, off, unknown] = [{ active: true }, { active: false }, { active: null }]
const named = (id: string, name: string | null, rest: Partial<ListedCertificate> = {}) =>
  certificate(id, { name, replacementKey: name, ...rest })

describe('the comparison of two lists', () => {
  it.each<[string, ListedCertificate[], ListedCertificate[], string[]]>([
    ['nothing in equal lists', [certificate('a')], [certificate('a')], []],
    ['nothing in another order', [certificate('a'), certificate('b')], [certificate('b'), certificate('a')], []],
    ['nothing in another name or expiry', [certificate('a')], [certificate('a', { name: 'b', expiresAt: 900 })], []],
    ['a new certificate', [], [certificate('a')], ['APPEARED a']],
    ['a certificate that is gone', [certificate('a')], [], ['VANISHED a']],
    ['the last of many that are gone', [certificate('a'), certificate('b')], [certificate('a')], ['VANISHED b']],
    ['an activation', [certificate('a', off)], [certificate('a', on)], ['ACTIVATED a']],
    ['a deactivation', [certificate('a', on)], [certificate('a', off)], ['DEACTIVATED a']],
    ['nothing in a flag that becomes unknown', [certificate('a', on)], [certificate('a', unknown)], []],
    ['nothing in a flag that becomes known', [certificate('a', unknown)], [certificate('a', on)], []],
    ['a renewal', [named('a', 'x')], [named('a', 'x'), named('b', 'x')], ['RENEWED b for a']],
    ['a renewal and the end of the old one', [named('a', 'x')], [named('b', 'x')], ['RENEWED b for a', 'VANISHED a']],
    [
      'no renewal of two',
      [named('a', 'x'), named('b', 'x')],
      [named('a', 'x'), named('b', 'x'), named('c', 'x')],
      ['APPEARED c'],
    ],
    [
      'one renewal by two, that which expires last',
      [named('a', 'x')],
      [named('a', 'x'), named('b', 'x', { expiresAt: 2 }), named('c', 'x', { expiresAt: 3 })],
      ['APPEARED b', 'RENEWED c for a'],
    ],
    [
      'one renewal by two that expire together, the first by id',
      [named('a', 'x')],
      [named('c', 'x'), named('b', 'x'), named('a', 'x')],
      ['APPEARED c', 'RENEWED b for a'],
    ],
    ['no renewal without a name', [named('a', null)], [named('a', null), named('b', null)], ['APPEARED b']],
    ['no renewal with another name', [named('a', 'x')], [named('a', 'x'), named('b', 'y')], ['APPEARED b']],
    [
      'an expiry that only the vendor declares',
      [certificate('a', { expiresAt: null })],
      [certificate('a', { expiresAt: null, declaredExpired: true })],
      ['EXPIRED a'],
    ],
    ['a date that is past', [certificate('a')], [certificate('a', { expiresAt: 2 })], ['EXPIRED a']],
    ['a date that is past a threshold', [certificate('a')], [certificate('a', { expiresAt: 90 })], ['EXPIRING a']],
    [
      'a date past another threshold',
      [certificate('a', { expiresAt: 200 })],
      [certificate('a', { expiresAt: 90 })],
      ['EXPIRING a'],
    ],
    [
      'nothing in a date past the same threshold',
      [certificate('a', { expiresAt: 90 })],
      [certificate('a', { expiresAt: 80 })],
      [],
    ],
    ['nothing in a date that is not past any more', [certificate('a', { expiresAt: 2 })], [certificate('a')], []],
    [
      'a date that is past and was not known',
      [certificate('a', { expiresAt: null })],
      [certificate('a', { expiresAt: 2 })],
      ['EXPIRED a'],
    ],
    [
      'nothing in a date that was not known and is far',
      [certificate('a', { expiresAt: null })],
      [certificate('a')],
      [],
    ],
    [
      'nothing in the date of an expiry that was declared',
      [certificate('a', { expiresAt: null, declaredExpired: true })],
      [certificate('a', { expiresAt: 2 })],
      [],
    ],
    [
      'nothing in a declared expiry whose date is known',
      [certificate('a')],
      [certificate('a', { declaredExpired: true })],
      [],
    ],
  ])('finds %s', async (_what, before, after, expected) => {
    expect(await kindsOf(before, after)).toEqual(expected)
  })

  it('remembers the last flag that was known', async () => {
    const compare = (before: readonly ListedCertificate[], after: readonly ListedCertificate[]) =>
      compareLists(before, after, { at: 5, expiry, timeSlice: endlessTimeSlice })
    const between = await compare([certificate('a', on)], [certificate('a', unknown)])
    expect(between).toMatchObject({ isSame: true, list: [{ active: true }] })
    expect(await kindsOf(between.list, [certificate('a', off)])).toEqual(['DEACTIVATED a'])
  })

  it('remembers the last name, dates and renewal key that were known', async () => {
    const compare = (before: readonly ListedCertificate[], after: readonly ListedCertificate[]) =>
      compareLists(before, after, { at: 5, expiry, timeSlice: endlessTimeSlice })
    const known = named('a', 'x', { validFrom: 10 })
    const between = await compare([known], [named('a', null, { expiresAt: null })])
    expect(between).toMatchObject({ isSame: true, changes: [], list: [known] })
    expect(await kindsOf(between.list, [known, named('b', 'x')])).toEqual(['RENEWED b for a'])
  })

  it('finds an expiry that only the vendor declares once, also when the status is not known in between', async () => {
    const expired = certificate('a', { expiresAt: null, active: null, declaredExpired: true })
    const { list } = await compareLists([expired], [{ ...expired, declaredExpired: false }], {
      at: 5,
      expiry,
      timeSlice: endlessTimeSlice,
    })
    expect(await kindsOf(list, [expired])).toEqual([])
    expect(await kindsOf([{ ...expired, active: false, declaredExpired: false }], [expired])).toEqual(['EXPIRED a'])
  })

  it('says whether the list to compare with is another one', async () => {
    const compare = async (before: ListedCertificate[], after: ListedCertificate[]) =>
      (await compareLists(before, after, { at: 5, expiry, timeSlice: endlessTimeSlice })).isSame
    expect(await compare([certificate('a'), certificate('b')], [certificate('b'), certificate('a')])).toBe(true)
    expect(await compare([certificate('a')], [certificate('a', { expiresAt: 2 })])).toBe(false)
    expect(await compare([certificate('a')], [certificate('a', { name: 'other' })])).toBe(false)
    expect(await compare([certificate('a', unknown)], [certificate('a', on)])).toBe(false)
  })

  it('describes the certificate of a change as it is now, and one that is gone as it was', async () => {
    const { changes } = await compareLists(
      [certificate('a'), certificate('b', off)],
      [certificate('b', { name: 'new', expiresAt: 700 })],
      { at: 5, expiry, timeSlice: endlessTimeSlice },
    )
    expect(changes).toEqual([
      {
        kind: 'ACTIVATED',
        at: 5,
        certificateId: 'b',
        name: 'new',
        expiresAt: 700,
        expiryStatus: null,
        replacesId: null,
      },
      {
        kind: 'VANISHED',
        at: 5,
        certificateId: 'a',
        name: 'name of a',
        expiresAt: 1_000,
        expiryStatus: null,
        replacesId: null,
      },
    ])
  })
})
