import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ConstDirectiveNode, Kind, parse } from 'graphql'
import { type Deployment, firstPlaceOf, type PlaceNode, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'

interface Node extends PlaceNode {
  readonly name: string | null
  readonly provider: string
  readonly place?: { readonly id: string }
  readonly vendorId?: string
  readonly label?: string
  readonly circuitOpen?: boolean
  readonly source?: { readonly id: string }
}

const certificateFields =
  '__typename id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry subject issuer ' +
  'serialNumber sha256Fingerprint keyAlgorithm signatureAlgorithm subjectAltNames asOf stale parseIssues place { id }'
const placeFields = '__typename id provider vendorId name label circuitOpen source { id }'

interface Page {
  readonly totalCount: number
  readonly nodes: readonly { readonly id: string }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const pageFields = 'totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'

/** Lists are complete, and each certificate and place in them can be looked up. */
export function describeLists<Config>(facts: ProviderFacts<Config>): void {
  describe('lists and nodes', () => {
    let deployment: Deployment
    let certificates: readonly Node[]
    let places: readonly Node[]

    beforeAll(async () => {
      deployment = await startDeployment(facts, {
        certificates: 5,
        upstream: {},
        sections: { limits: { cost: 1_000_000 } },
      })
      const { data, errors } = await deployment.ask<
        Readonly<Record<'certificates' | 'certificatePlaces', { nodes: Node[] }>>
      >(`{
        certificates(first: 100, filter: { providers: [${facts.provider}] }) { nodes { ${certificateFields} } }
        certificatePlaces(first: 100, providers: [${facts.provider}]) { nodes { ${placeFields} } }
      }`)
      expect(errors).toBeUndefined()
      certificates = data.certificates.nodes
      places = data.certificatePlaces.nodes
    })
    afterAll(() => deployment.close())

    it('lists the certificates of both places, each with its provider and its place', () => {
      expect(new Set(certificates.map(({ id }) => id)).size).toBe(10)
      expect(new Set(certificates.map(({ provider }) => provider))).toEqual(new Set([facts.provider]))
      const certificatePlaces = new Set(certificates.map(({ place }) => place?.id))
      expect(certificatePlaces.size).toBe(2)
      expect(places.map(({ id }) => id)).toEqual(expect.arrayContaining([...certificatePlaces]))
    })

    it('gives each place its vendor id, a label and a source with an id', () => {
      for (const { vendorId, label, name, circuitOpen } of places) {
        expect(vendorId).toMatch(/./)
        expect(label).toBe(name ?? vendorId)
        expect(circuitOpen).toBe(false)
      }
      expect(new Set(places.map(({ source }) => source?.id)).size).toBe(places.length)
    })

    it('returns every certificate by its id, with the fields it has in the list', async () => {
      const ids = certificates.map(({ id }) => id)
      const { data, errors } = await deployment.ask<Record<'nodes', Node[]>>(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Certificate { ${certificateFields} } } }`,
        { ids },
      )
      expect(errors).toBeUndefined()
      expect(data.nodes).toEqual(certificates)
    })

    it('returns every place by its id', async () => {
      const ids = places.map(({ id }) => id)
      const { data, errors } = await deployment.ask<Record<'nodes', Node[]>>(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on CertificatePlace { ${placeFields} } } }`,
        { ids },
      )
      expect(errors).toBeUndefined()
      expect(data.nodes).toEqual(places)
    })

    it('resolves every certificate and place as a federation entity, by its type and by its interface', async () => {
      const byInterface = (__typename: string) => (node: Node) => ({ __typename, id: node.id })
      const representations = [
        ...[...certificates, ...places].map(({ __typename, id }) => ({ __typename, id })),
        ...certificates.map(byInterface('Certificate')),
        ...places.map(byInterface('CertificatePlace')),
      ]
      const { data, errors } = await deployment.ask<{ _entities: PlaceNode[] }>(
        `query ($all: [_Any!]!) { _entities(representations: $all) { __typename ... on Node { id } } }`,
        { all: representations },
      )
      expect(errors).toBeUndefined()
      const nodes = [...certificates, ...places].map(({ __typename, id }) => ({ __typename, id }))
      expect(data._entities).toEqual([...nodes, ...nodes])
    })

    it('resolves every place by the vendor’s own key, and returns null for an unknown key', async () => {
      const keys = await entityKeyFields(deployment)
      const withKey = places.filter(({ __typename }) => keys.has(__typename))
      expect(withKey.length).toBeGreaterThanOrEqual(2)
      for (const { __typename, id } of withKey) {
        const field = keys.get(__typename) ?? ''
        const { data } = await deployment.ask<{ node: object }>(
          `query ($id: ID!) { node(id: $id) { ... on ${__typename} { ${field} } } }`,
          { id },
        )
        const known = { __typename, ...data.node }
        const answer = await deployment.ask(
          `query ($all: [_Any!]!) { _entities(representations: $all) { __typename ... on ${__typename} { ${field} } } }`,
          { all: [known, { __typename, [field]: 'unknown' }] },
        )
        expect(answer).toEqual({ data: { _entities: [known, null] } })
      }
    })

    it('returns a place’s certificates in pages, forwards and backwards', async () => {
      const { __typename, id } = await firstPlaceOf(deployment)
      const page = async (args: string) => {
        const { data, errors } = await deployment.ask<{ node: { certificates: Page } }>(
          `query ($id: ID!) { node(id: $id) { ... on ${__typename} { certificates(${args}) { ${pageFields} } } } }`,
          { id },
        )
        expect(errors).toBeUndefined()
        return data.node.certificates
      }
      const all = (await page('first: 100')).nodes
      expect(all).toHaveLength(5)
      const forwards = [await page('first: 2')]
      while (forwards.at(-1)?.pageInfo.hasNextPage)
        forwards.push(await page(`first: 2, after: "${forwards.at(-1)?.pageInfo.endCursor}"`))
      expect(forwards.map(({ nodes, totalCount }) => [nodes.length, totalCount])).toEqual([
        [2, 5],
        [2, 5],
        [1, 5],
      ])
      expect(forwards.flatMap(({ nodes }) => nodes)).toEqual(all)
      const backwards = [await page('last: 2')]
      while (backwards[0]?.pageInfo.hasPreviousPage)
        backwards.unshift(await page(`last: 2, before: "${backwards[0].pageInfo.startCursor}"`))
      expect(backwards.flatMap(({ nodes }) => nodes)).toEqual(all)
    })

    it('reads each place once for all of this', () => {
      for (const place of facts.placeIds) expect(deployment.listCalls(place)).toHaveLength(1)
    })
  })

  const { pageSize } = facts
  const rows = 2 * (pageSize ?? 100) + 5
  it(`reads all ${rows} certificates of a place in ${pageSize === null ? 'one call' : 'three calls'}`, async () => {
    const deployment = await startDeployment(facts, { certificates: rows })
    try {
      const { __typename, id } = await firstPlaceOf(deployment)
      const { data, errors } = await deployment.ask<{ node: { certificates: Page; source: object } }>(
        `query ($id: ID!) { node(id: $id) { ... on ${__typename} {
          certificates(first: 1) { totalCount } source { status certificateCount unreadableRows }
        } } }`,
        { id },
      )
      expect(errors).toBeUndefined()
      expect(data.node).toEqual({
        certificates: { totalCount: rows },
        source: { status: 'OK', certificateCount: rows, unreadableRows: 0 },
      })
      expect(deployment.listCalls()).toHaveLength(pageSize === null ? 1 : 3)
    } finally {
      await deployment.close()
    }
  })
}

/** The field of each type's own key, as the subgraph's schema declares it; keys of several fields are left out. */
async function entityKeyFields({ ask }: Deployment): Promise<ReadonlyMap<string, string>> {
  const { data } = await ask<{ _service: { sdl: string } }>('{ _service { sdl } }')
  return new Map(
    parse(data._service.sdl).definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.directives ?? []).flatMap((directive) => {
            const fields = keyOf(directive)
            return fields && fields !== 'id' && !/\W/.test(fields) ? [[definition.name.value, fields] as const] : []
          })
        : [],
    ),
  )
}

function keyOf({ name, arguments: args = [] }: ConstDirectiveNode): string | undefined {
  const value = args.find((argument) => argument.name.value === 'fields')?.value
  return name.value === 'key' && value?.kind === Kind.STRING ? value.value : undefined
}
