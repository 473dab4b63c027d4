import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../../src/providers/global-id.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    fresh: boolean
    nodes: { name: string; active: boolean | null }[]
    sources: { kind: string; status: string; place: { name: string }; certificateCount: number | null }[]
  } | null
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterEach(() => expireReadings(stack))
afterAll(() => stack.close())

const organization = toGlobalId('OpenAIOrganization', 'org_bluequay')

const project = (name: string) => {
  const projects = stack.openai.state.organizations.flatMap(({ projects }) => projects)
  return toGlobalId('OpenAIProject', 'org_bluequay', findOnly(projects, (row) => row.name === name).id)
}

function ask(filter: object, fields = 'name active') {
  const response = stack.ask<Answer>(
    `query ($filter: CertificateFilter) { certificates(first: 100, filter: $filter) {
      totalCount complete fresh nodes { ${fields} } sources { kind status place { name } certificateCount }
    } }`,
    { filter },
  )
  return whileTimePasses(stack.clock, response)
}

async function namesOf(filter: object): Promise<string[]> {
  const { data, errors } = await ask(filter)
  expect(errors).toBeUndefined()
  expect(data.certificates?.totalCount).toBe(data.certificates?.nodes.length)
  return data.certificates?.nodes.map(({ name }) => name).toSorted() ?? []
}

const failOrganization = () =>
  stack.openai.emulator.fault({
    match: ({ path }) => path.endsWith('/organization/certificates'),
    effect: { status: 500 },
  })

describe('a project in filter.placeIds', () => {
  it('returns the project’s list without reading the organization’s list', async () => {
    const { data } = await ask({ placeIds: [project('Shipment tracking')] }, 'name')
    expect(data.certificates?.nodes.map(({ name }) => name).toSorted()).toEqual([
      'Customs declarations',
      'Edge proxies',
      'Gateway clients',
      'Tracking webhooks',
      'Warehouse scanners',
    ])
    expect(data.certificates).toMatchObject({ complete: true, totalCount: 5 })
    expect(data.certificates?.sources).toEqual([
      { kind: 'DISCOVERY', status: 'OK', place: { name: 'Bluequay Freight' }, certificateCount: null },
      { kind: 'CERTIFICATES', status: 'OK', place: { name: 'Shipment tracking' }, certificateCount: 5 },
    ])
    expect(stack.callsTo('/organization/certificates')).toEqual([])
  })

  it('with its organization or with another project returns each certificate once', async () => {
    const [tracking, customs] = [project('Shipment tracking'), project('Customs forms')]
    const all = await namesOf({ placeIds: [organization] })
    expect(all).toHaveLength(14)
    expect(await namesOf({ placeIds: [organization, tracking] })).toEqual(all)
    expect(await namesOf({ placeIds: [tracking, organization] })).toEqual(all)
    expect(await namesOf({ placeIds: [tracking, customs, tracking] })).toEqual([
      'Customs declarations',
      'Edge proxies',
      'Gateway clients',
      'Partner exchange',
      'Tracking webhooks',
      'Warehouse scanners',
    ])
  })

  it('with another vendor in filter.providers returns nothing', async () => {
    const filter = { placeIds: [project('Customs forms')], providers: ['AKAMAI'] }
    expect(await namesOf(filter)).toEqual([])
  })

  it('returns NOT_CONFIGURED for an unknown project', async () => {
    const unknown = [
      toGlobalId('OpenAIProject', 'org_bluequay', 'proj_unknown'),
      toGlobalId('OpenAIProject', 'org_x', 'p'),
    ]
    for (const id of unknown) {
      const { data, errors } = await ask({ placeIds: [organization, id] })
      expect(data.certificates).toBeNull()
      expect(errors).toMatchObject([{ path: ['certificates'], extensions: { code: 'NOT_CONFIGURED' } }])
    }
  })
})

describe('a project in filter.placeIds together with a filter on the flag', () => {
  it.each([
    [true, ['Edge proxies', 'Gateway clients', 'Tracking webhooks']],
    [false, ['Customs declarations', 'Warehouse scanners']],
  ])('uses the organization’s flag for active: %s', async (active, names) => {
    const { data } = await ask({ placeIds: [project('Shipment tracking')], active })
    expect(data.certificates?.nodes.map(({ name }) => name).toSorted()).toEqual(names)
    expect(data.certificates?.nodes.map((node) => node.active)).toEqual(names.map(() => active))
    expect(data.certificates?.sources.map(({ place }) => place.name)).toEqual([
      'Bluequay Freight',
      'Shipment tracking',
      'Bluequay Freight',
    ])
    expect(stack.callsTo('/organization/certificates')).toHaveLength(1)
  })

  it('returns the same result for both orders of the ids', async () => {
    const certificatePlaces = [project('Shipment tracking'), organization]
    const names = await namesOf({ placeIds: certificatePlaces, active: false })
    expect(names).toHaveLength(7)
    expect(await namesOf({ placeIds: certificatePlaces.toReversed(), active: false })).toEqual(names)
  })

  it('omits only certificates known to be inactive when the organization cannot be read', async () => {
    failOrganization()
    const { data, errors } = await ask({ placeIds: [project('Shipment tracking')], active: true })
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ complete: false, totalCount: 5 })
    expect(data.certificates?.nodes.map(({ active }) => active)).toEqual(Array(5).fill(null))
    expect(data.certificates?.sources.map(({ status }) => status)).toEqual(['OK', 'OK', 'FAILED'])
  })

  it.each([true, false])(
    'uses the last known flags for active: %s when the organization cannot be read again',
    async (active) => {
      const filter = { placeIds: [project('Shipment tracking')], active }
      const names = await namesOf(filter)
      stack.clock.advance(600_000)
      failOrganization()
      const { data } = await ask(filter)
      expect(data.certificates?.nodes.map(({ name }) => name).toSorted()).toEqual(names)
      expect(data.certificates).toMatchObject({ complete: true, fresh: false })
    },
  )

  it('returns only certificates known to be inactive when the organization cannot be read', async () => {
    failOrganization()
    const { data } = await ask({ placeIds: [project('Shipment tracking')], active: false })
    expect(data.certificates).toMatchObject({ complete: false, totalCount: 0, nodes: [] })
  })
})
