import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage, idsOf, type Listed } from '../support/certificate-pages.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Answer {
  readonly place: { readonly certificates: { readonly totalCount: number; readonly nodes: readonly Listed[] } | null }
}

/** Each place with certificates: its root field, and the vendor's id. */
const places = [
  ['openAIOrganization', 'org_bluequay', 'OPENAI'],
  ['akamaiContract', 'C-1BQ7FR8', 'AKAMAI'],
  ['livePersonAccount', 'le20481936', 'LIVEPERSON'],
] as const

const filters = [
  {},
  { active: true },
  { active: false },
  { expiryStatuses: ['EXPIRED', 'UNKNOWN'] },
  { expiresWithin: 'P30D' },
  { expiresWithin: 'P30D', excludeUnknownExpiry: true },
  { expiringUncovered: 'P90D' },
  { nameContains: 'a' },
  { search: 'BLUEQUAY' },
  { issuerContains: 'blue' },
  { weaknesses: ['LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048'] },
  { includeDeleted: true },
]

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ limits: false })
})
afterAll(() => stack.close())

describe.each(places)('the list of %s', (field, id, provider) => {
  const vendorId = provider === 'LIVEPERSON' ? () => stack.liveperson.state.accounts[0]?.id ?? '' : () => id
  const ask = (filter: object | null) =>
    stack.ask<Answer>(
      `query ($id: ID!, $filter: CertificateFilter) { place: ${field}(id: $id) {
        certificates(first: 100, filter: $filter) { totalCount nodes { id provider name createdAt expiresAt } }
      } }`,
      { id: vendorId(), filter },
    )

  it.each(filters)('returns what `certificates` returns for the place and the filter %j', async (filter) => {
    const { data, errors } = await ask(filter)
    expect(errors).toBeUndefined()
    const all = await certificatePage(stack, { first: 100, filter: { ...filter, placeIds: [vendorId()] } })
    expect(data.place.certificates?.totalCount).toBe(all.totalCount)
    expect(idsOf(data.place.certificates?.nodes ?? [])).toEqual(idsOf(all.nodes))
  })

  it('is empty for a filter on other providers', async () => {
    const providers = ['OPENAI', 'AKAMAI', 'LIVEPERSON'].filter((each) => each !== provider)
    expect((await ask({ providers })).data.place.certificates).toEqual({ totalCount: 0, nodes: [] })
    expect((await ask({ providers: [provider] })).data).toEqual((await ask(null)).data)
  })

  it.each([{ placeIds: ['org_bluequay'] }, { providers: [] }, { serialNumber: 'x y' }])(
    'is null with an error for the filter %j',
    async (filter) => {
      const { data, errors } = await ask(filter)
      expect(data.place.certificates).toBeNull()
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/^filter\.(placeIds|providers|serialNumber): /),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ])
    },
  )
})
