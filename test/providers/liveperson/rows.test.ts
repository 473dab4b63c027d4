import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { patchRow, patchRows, readAccount } from '../../support/liveperson-listing.ts'
import { findOnly } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

describe('softly deleted certificates', () => {
  it('are omitted unless includeDeleted is true, and are counted in the source', async () => {
    const without = await readAccount(stack)
    expect(without).toMatchObject({ certificates: { totalCount: 8 }, all: { totalCount: 15 } })
    expect(without.certificates?.nodes.map(({ deleted }) => deleted)).toEqual(Array(8).fill(false))
    expect(without.source).toMatchObject({ status: 'OK', certificateCount: 9 })
    const withThem = await readAccount(stack, true)
    expect(withThem).toMatchObject({ certificates: { totalCount: 9 }, all: { totalCount: 16 } })
    expect(withThem.certificates?.nodes.filter(({ deleted }) => deleted)).toMatchObject([
      { name: 'webhooks-returns-1' },
    ])
    expect(stack.callsTo('/mtls/')).toHaveLength(2)
  })

  it.each([null, 'true'])('do not include a certificate with deleted %p', async (deleted) => {
    patchRow(stack, { deleted })
    const { certificates, all } = await readAccount(stack)
    expect(findOnly(certificates?.nodes ?? [], ({ name }) => name === 'bot-handover').deleted).toBeNull()
    expect(all.totalCount).toBe(15)
  })
})

describe('a list of LivePerson', () => {
  it('returns every row with an id, and counts the other rows as unreadable', async () => {
    patchRows(stack, (rows) => [null, 'x', [7], {}, { ...rows[0], id: null }, { id: 5 }, ...rows])
    const { source, certificates, all } = await readAccount(stack)
    expect(source).toEqual({ status: 'OK', certificateCount: 10, unreadableRows: 5, error: null })
    expect(findOnly(certificates?.nodes ?? [], ({ certificateId }) => certificateId === '5')).toMatchObject({
      name: null,
      displayName: null,
      active: null,
      deleted: null,
      vendorStatus: null,
      parseIssues: [],
    })
    expect(all.complete).toBe(false)
  })

  it('has the first of two rows with one id, and counts the second as unreadable', async () => {
    patchRows(stack, () => [
      { id: 7, name: 'first' },
      { id: '7', name: 'second' },
    ])
    const { source, certificates, all } = await readAccount(stack)
    expect(source).toEqual({ status: 'OK', certificateCount: 1, unreadableRows: 1, error: null })
    expect(certificates?.nodes.map(({ name }) => name)).toEqual(['first'])
    expect(all.complete).toBe(false)
  })

  it.each([null, {}, { certificates: [] }, 'none', 7])('that is not an array is malformed: %j', async (body) => {
    patchRows(stack, () => body)
    const { source, certificates, errors, all } = await readAccount(stack)
    expect(certificates).toBeNull()
    expect(source).toMatchObject({ status: 'FAILED', error: { code: 'UPSTREAM_MALFORMED_RESPONSE' } })
    expect(errors).toMatchObject([
      { path: ['livePersonAccount', 'certificates'], extensions: { provider: 'LIVEPERSON' } },
    ])
    expect(all).toEqual({ totalCount: 7, complete: false })
  })
})
