import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { account, type Certificate, patchRow, patchRows, readAccount } from '../../support/liveperson-listing.ts'
import { findOnly } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

let stack: Stack

const nodesOf = async (includeDeleted?: boolean) => (await readAccount(stack, includeDeleted)).certificates?.nodes ?? []
const readByName = async (name: string) => findOnly(await nodesOf(), (node) => node.name === name)

describe('the id of a LivePerson certificate', () => {
  beforeEach(async () => {
    stack = await startStack()
  })
  afterEach(() => stack.close())

  it('keeps every digit of a large number, and can be looked up', async () => {
    const { certificates } = findOnly(stack.liveperson.state.accounts, ({ id }) => id === account)
    const crm = findOnly(certificates, ({ name }) => name === 'crm-connector')
    certificates.push({ ...crm, id: '9007199254740992' }, { ...crm, id: '9223372036854775807' })
    const twins = (await nodesOf()).filter(({ name }) => name === 'crm-connector')
    const ids = ['9007199254740992', '9007199254740993', '9223372036854775807']
    expect(twins.map(({ certificateId }) => certificateId).toSorted()).toEqual(ids)
    const { data } = await stack.ask<{ nodes: Certificate[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on LivePersonCertificate { certificateId } } }',
      { ids: twins.map(({ id }) => id) },
    )
    expect(data.nodes.map(({ certificateId }) => certificateId)).toEqual(
      twins.map(({ certificateId }) => certificateId),
    )
  })

  it('is the same when the vendor writes it as a string', async () => {
    const { certificates } = findOnly(stack.liveperson.state.accounts, ({ id }) => id === account)
    certificates.splice(
      certificates.findIndex(({ id }) => !Number.isSafeInteger(Number(id))),
      1,
    )
    const before = await nodesOf(true)
    patchRows(stack, (rows) => rows.map((row) => ({ ...row, id: String(row.id) })))
    stack.clock.advance(beyondEveryTtl)
    expect(await nodesOf(true)).toEqual(before)
    expect(stack.callsTo(`/${account}/certificates`)).toHaveLength(2)
  })
})

describe('the expiry of a LivePerson certificate', () => {
  beforeEach(async () => {
    stack = await startStack()
  })
  afterEach(() => stack.close())

  it('is parsed from each format that the vendor uses, and is often missing', async () => {
    const { data } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
      '{ certificates(filter: { providers: [LIVEPERSON] }) { nodes { name expiresAt expiryStatus daysUntilExpiry } } }',
    )
    const dated = data.certificates.nodes.filter(({ expiresAt }) => expiresAt !== null)
    expect(dated).toEqual([
      {
        name: 'webhooks-payments',
        expiresAt: '2030-01-07T23:59:59.000Z',
        expiryStatus: 'CRITICAL',
        daysUntilExpiry: 6,
      },
      { name: 'webhooks-orders', expiresAt: '2030-01-22T23:59:59.000Z', expiryStatus: 'WARNING', daysUntilExpiry: 21 },
      { name: 'webhooks-returns', expiresAt: '2030-05-21T23:59:59.000Z', expiryStatus: 'OK', daysUntilExpiry: 140 },
    ])
  })

  it('is null with a parse issue when it is not a date, and the row is returned', async () => {
    patchRow(stack, { expirationDate: 'in spring' })
    expect(await readByName('bot-handover')).toMatchObject({
      expiresAt: null,
      expiryStatus: 'UNKNOWN',
      daysUntilExpiry: null,
      parseIssues: ['expirationDate: expected a date'],
    })
  })

  it('can be missing', async () => {
    patchRow(stack, { expirationDate: undefined })
    expect(await readByName('bot-handover')).toMatchObject({ expiresAt: null, parseIssues: [] })
  })
})

describe('the status of a LivePerson certificate', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it.each<[string, boolean | null, string]>([
    ['Available', true, 'UNKNOWN'],
    ['UnAvailable', false, 'UNKNOWN'],
    ['UNAVAILABLE', false, 'UNKNOWN'],
    ['expired', null, 'EXPIRED'],
    ['Expired', null, 'EXPIRED'],
    ['Revoked', null, 'UNKNOWN'],
    ['constructor', null, 'UNKNOWN'],
  ])('%s is returned unchanged, with active %p and expiryStatus %s', async (status, active, expiryStatus) => {
    patchRow(stack, { status })
    expect(await readByName('bot-handover')).toMatchObject({
      active,
      expiryStatus,
      vendorStatus: status,
      daysUntilExpiry: null,
    })
  })

  it.each([
    [null, []],
    [5, ['status: expected a string']],
  ])('can be %p', async (status, parseIssues) => {
    patchRow(stack, { status })
    expect(await readByName('bot-handover')).toMatchObject({ active: null, vendorStatus: null, parseIssues })
  })
})
