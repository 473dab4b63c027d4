import { describe, expect, it } from '@jest/globals'
import { isUnread, toCount, toCounted, toEmptyText } from '../../web/count.ts'

const whole = { complete: true, fresh: true }
const incomplete = { complete: false, fresh: true }
const old = { complete: true, fresh: false }
const failure = new Error('OVERLOADED')

describe('a count', () => {
  it('has a caveat when its data is incomplete or old', () => {
    expect(toCounted(0, whole)).toEqual({ state: 'counted', value: 0, caveat: null })
    expect(toCounted(0, incomplete)).toEqual({ state: 'counted', value: 0, caveat: 'in what could be read' })
    expect(toCounted(3, old)).toEqual({ state: 'counted', value: 3, caveat: 'from old data' })
  })

  it('is loaded until there is an answer or an error', () => {
    expect(toCount({ data: null, error: null })).toEqual({ state: 'loading' })
    expect(toCount({ data: null, error: failure })).toEqual({ state: 'failed' })
    expect(toCount({ data: { certificateStatistics: null }, error: failure })).toEqual({ state: 'failed' })
  })

  it('is marked as an earlier one when it could not be counted again', () => {
    const data = { certificateStatistics: { total: 2, ...whole } }
    expect(toCount({ data, error: null })).toEqual({ state: 'counted', value: 2, caveat: null })
    expect(toCount({ data, error: failure })).toEqual({ state: 'counted', value: 2, caveat: 'an earlier count' })
  })

  it('says nothing when every source failed', () => {
    expect(isUnread([{ status: 'FAILED' }], false)).toBe(true)
    expect(isUnread([], false)).toBe(true)
    expect(isUnread([{ status: 'FAILED' }, { status: 'OK' }], false)).toBe(false)
    expect(isUnread([], true)).toBe(false)
  })
})

describe('a list without certificates', () => {
  it('is good news only when it is complete and fresh', () => {
    expect(toEmptyText(whole)).toBeNull()
    expect(toEmptyText(incomplete)).toBe('None in what could be read. Others may be missing.')
    expect(toEmptyText(old)).toBe('None by the last reading, which is old.')
    expect(toEmptyText(null)).toBe('The certificates could not be read.')
  })
})
