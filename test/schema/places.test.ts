import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { allPages, idsOf, type Page, type PageArguments, rowsOf } from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { failureTtl } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface ListedPlace {
  readonly __typename: string
  readonly id: string
  readonly provider: string
  readonly name: string | null
}

interface PlacePage extends Page<ListedPlace> {
  readonly sources: readonly {
    readonly kind: string
    readonly status: string
    readonly asOf: string | null
    readonly certificateCount: number | null
    readonly place: { readonly name: string }
    readonly error: { readonly code: string; readonly httpStatus: number | null } | null
  }[]
}

const query = `query ($first: Int, $after: String, $last: Int, $before: String, $providers: [CertificateProvider!]) {
  certificatePlaces(first: $first, after: $after, last: $last, before: $before, providers: $providers) {
    edges { cursor node { ...place } } nodes { ...place } totalCount complete
    sources { kind status asOf certificateCount place { name } error { code httpStatus } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
fragment place on CertificatePlace { __typename id provider name }`

let stack: Stack

const ask = (args: object) => stack.ask<{ certificatePlaces: PlacePage }>(query, args)
const page = async (args: PageArguments & { providers?: readonly string[] | null }) => {
  const { data, errors } = await ask(args)
  expect(errors).toBeUndefined()
  return data.certificatePlaces
}
const projects = ['Route planning', 'Shipment tracking', 'Label printing', 'Customs forms', 'Demand forecast']
const known = [
  ...['Bluequay CDN', null, null].map((name) => ['AKAMAI', name]),
  ...['Bluequay customer chat', 'Clearberth support chat'].map((name) => ['LIVEPERSON', name]),
  ...['Bluequay Freight', ...projects].map((name) => ['OPENAI', name]),
]

describe('certificatePlaces', () => {
  beforeAll(async () => {
    stack = await startStack({ limits: false })
  })
  afterAll(() => stack.close())

  it('lists every configured and discovered place once, without reading certificates', async () => {
    const { nodes, totalCount, complete, pageInfo } = await page({ first: 100 })
    expect(nodes.map(({ provider, name }) => [provider, name]).sort()).toEqual(known.sort())
    expect({ totalCount, complete, more: pageInfo.hasNextPage }).toEqual({
      totalCount: known.length,
      complete: true,
      more: false,
    })
    expect(new Set(nodes.map(({ __typename }) => __typename))).toEqual(
      new Set(['AkamaiAccount', 'AkamaiContract', 'LivePersonAccount', 'OpenAIOrganization', 'OpenAIProject']),
    )
    expect(stack.callsTo('certificates')).toEqual([])
    expect(stack.callsTo('/')).toHaveLength(2)
  })

  it('reports on every discovery', async () => {
    const { sources } = await page({})
    const went = {
      kind: 'DISCOVERY',
      status: 'OK',
      asOf: '2030-01-01T00:00:00.000Z',
      certificateCount: null,
      error: null,
    }
    expect(sources).toHaveLength(2)
    for (const name of ['Bluequay Freight', 'Bluequay CDN'])
      expect(sources).toContainEqual({ ...went, place: { name } })
  })

  it('returns the same rows in pages of 3 in both directions as in pages of 100', async () => {
    const whole = (await page({ first: 100 })).nodes
    expect(rowsOf(await allPages({ first: 3 }, page))).toEqual(whole)
    expect(rowsOf(await allPages({ last: 3 }, page), 'end')).toEqual(whole)
  })

  it.each([[['OPENAI']], [['AKAMAI']], [['LIVEPERSON']], [['LIVEPERSON', 'AKAMAI', 'AKAMAI']]])(
    'with the providers %j lists their places, and calls no other vendor',
    async (providers) => {
      stack.clock.advance(beyondEveryTtl)
      const calls = stack.callsTo('/').length
      const { nodes, totalCount, sources } = await page({ first: 100, providers })
      expect(totalCount).toBe(known.filter(([provider]) => providers.includes(provider ?? '')).length)
      expect(nodes.every(({ provider }) => providers.includes(provider))).toBe(true)
      expect(stack.callsTo('/')).toHaveLength(calls + sources.length)
      expect(sources).toHaveLength([...new Set(providers)].filter((provider) => provider !== 'LIVEPERSON').length)
    },
  )

  it('accepts null for all providers, and rejects an empty list', async () => {
    expect((await page({ providers: null })).totalCount).toBe(known.length)
    const { data, errors = [] } = await ask({ providers: [] })
    expect({ data, codes: errors.map(({ path, extensions }) => [path, extensions['code']]) }).toEqual({
      data: { certificatePlaces: null },
      codes: [[['certificatePlaces'], 'BAD_USER_INPUT']],
    })
  })

  it.each([{ first: 0 }, { first: 101 }, { last: -1 }, { first: 1, last: 1 }, { after: 'x' }, { before: ' ' }])(
    'rejects %j',
    async (args) => {
      const { data, errors = [] } = await ask(args)
      expect({ data, codes: errors.map(({ path, extensions }) => [path, extensions['code']]) }).toEqual({
        data: { certificatePlaces: null },
        codes: [[['certificatePlaces'], 'BAD_USER_INPUT']],
      })
    },
  )

  it('lists configured places as configured, without a call', async () => {
    const configured = await startStack({
      configure: (file) => ({
        openai: {
          organizations: file.openai.organizations.map((each) => ({ ...each, projects: ['proj_b', 'proj_a'] })),
        },
        akamai: { accounts: file.akamai.accounts.map((each) => ({ ...each, contracts: ['C-9', 'C-10'] })) },
      }),
    })
    const { data } = await configured.ask<{ certificatePlaces: PlacePage }>(query, { first: 100 })
    const keys = data.certificatePlaces.nodes.map(({ id }) => Buffer.from(id, 'base64').toString())
    expect(keys.sort()).toEqual([
      'AkamaiAccount:bluequay',
      'AkamaiContract:C-10',
      'AkamaiContract:C-9',
      'OpenAIOrganization:org_bluequay',
      'OpenAIProject:org_bluequay:proj_a',
      'OpenAIProject:org_bluequay:proj_b',
    ])
    expect(new Set(idsOf(data.certificatePlaces.nodes)).size).toBe(6)
    expect(data.certificatePlaces).toMatchObject({ sources: [], complete: true })
    expect(configured.callsTo('/')).toEqual([])
    await configured.close()
  })
})

describe('certificatePlaces while places change', () => {
  beforeEach(async () => {
    stack = await startStack({ limits: false })
  })
  afterEach(() => stack.close())

  it('continues after a cursor whose place was deleted', async () => {
    const whole = (await page({ first: 100 })).nodes
    const index = whole.findIndex(({ __typename }) => __typename === 'OpenAIProject') + 2
    const { pageInfo } = await page({ first: index + 1 })
    const gone = stack.openai.state.organizations[0]?.projects.find(({ name }) => name === whole[index]?.name)
    if (gone) gone.archivedAt = 1
    stack.clock.advance(beyondEveryTtl)
    const rest = await page({ first: 100, after: pageInfo.endCursor })
    expect(rest.nodes).toEqual(whole.slice(index + 1))
    expect(rest.totalCount).toBe(whole.length - 1)
  })

  it('lists the other places when a discovery fails, and is incomplete on this and the following pages', async () => {
    const recover = stack.akamai.emulator.fault({ effect: { status: 403 } })
    const first = await page({ first: 3 })
    recover()
    stack.clock.advance(failureTtl)
    expect(first).toMatchObject({ complete: false, totalCount: known.length - 2 })
    expect(first.sources).toContainEqual({
      kind: 'DISCOVERY',
      status: 'FAILED',
      asOf: null,
      certificateCount: null,
      place: { name: 'Bluequay CDN' },
      error: { code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 },
    })
    expect(await page({ first: 3, after: first.pageInfo.endCursor })).toMatchObject({ complete: false })
    expect(await page({ first: 3 })).toMatchObject({ complete: true, totalCount: known.length })
  })
})
