import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../callers.ts'
import { type Program, startProgram } from '../program.ts'
import { sourceFields } from '../vendor-outage.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'

const key = 'cg_conformance'

const accessTo = (places?: readonly string[]) => ({
  apiKeys: [
    {
      name: 'a caller',
      sha256: digestOf(key),
      scopes: ['certificates:read', 'certificates:content', 'certificates:write'],
      ...(places && { places }),
    },
  ],
})

/** A caller that may see one place gets the answers of a deployment that has no other place, byte by byte. */
export function describeVisibility<Config>(facts: ProviderFacts<Config>): void {
  describe('for a caller that may see one place only', () => {
    let all: Deployment<Config>
    let one: Program
    let hiddenPlace: string
    let hiddenCertificate: string

    beforeAll(async () => {
      all = await startDeployment(facts, { upstream: {}, sections: { access: accessTo(facts.firstPlace) } })
      const start = (places: number, access: unknown) =>
        startProgram({
          list: facts.list,
          clock: all.clock,
          limits: false,
          file: { [facts.key]: facts.section(all.vendorConfig, places), access },
          emulators: [all.emulator],
        })
      one = await start(1, accessTo())
      const everything = await start(2, 'public')
      const { data } = await everything.ask<{ certificates: { nodes: { id: string; place: { id: string } }[] } }>(
        '{ certificates(first: 100) { nodes { id place { id name } } } }',
      )
      const visible = await limited('{ certificates(first: 100) { nodes { id } } }')
      const [hidden] = data.certificates.nodes.filter(({ id }) => !visible.includes(id))
      hiddenPlace = hidden?.place.id ?? ''
      hiddenCertificate = hidden?.id ?? ''
      expect(data.certificates.nodes).toHaveLength(6)
      expect(hiddenPlace).not.toBe('')
      await everything.close()
    })
    afterEach(() => all.emulator.reset())
    afterAll(async () => {
      await one.close()
      await all.close()
    })

    const textFrom = async (program: Program, query: string) =>
      (await askAs(program.url, key, query)).text
        .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"…"')
        .replaceAll(/"upstreamRequestId":"[^"]*",?/g, '')
    const limited = (query: string) => textFrom(all, query)

    async function expectSameAnswer(query: string): Promise<string> {
      const answer = await limited(query)
      expect(answer).toBe(await textFrom(one, query))
      expect(answer).not.toContain(facts.placeIds[1])
      return answer
    }

    const source = `place { name } ${sourceFields}`
    it.each([
      [
        'all certificates',
        `certificates(first: 20) {
          totalCount complete fresh nodes { __typename id name active place { id name } } sources { ${source} }
        }`,
      ],
      ['the first page', 'certificates(first: 2) { totalCount pageInfo { hasNextPage endCursor } }'],
      ['the last page', 'certificates(last: 2) { totalCount pageInfo { hasPreviousPage startCursor } }'],
      ['a filter', 'certificates(filter: { expiringUncovered: "P90D" }) { totalCount complete nodes { id } }'],
      [
        'statistics',
        `certificateStatistics {
          total byPlace { key { id } count } byProvider { key count } complete sources { ${source} }
        }`,
      ],
      [
        'all places',
        `certificatePlaces(first: 100) { totalCount complete nodes { id name source { ${source} } } sources { ${source} } }`,
      ],
    ])('returns the answer of a deployment without the other place for %s', async (_, selection) => {
      const answer = await expectSameAnswer(`{ ${selection} }`)
      expect(answer).not.toContain('"errors"')
    })

    it.each([
      ['node', (id: string) => `node(id: "${id}") { id }`],
      ['nodes', (id: string) => `nodes(ids: ["${id}"]) { id }`],
      ['certificate', (id: string) => `certificate(id: "${id}") { id }`],
      ['the filter placeIds', (id: string) => `certificates(filter: { placeIds: ["${id}"] }) { totalCount }`],
      [
        'an entity by interface',
        (id: string) =>
          `_entities(representations: [{ __typename: "Certificate", id: "${id}" }, { __typename: "CertificatePlace", id: "${id}" }]) { __typename }`,
      ],
    ])('finds neither the other place nor its certificates by %s', async (_, selection) => {
      for (const id of [hiddenPlace, hiddenCertificate]) {
        const query = `{ ${selection(id)} }`
        expect(await limited(query)).toBe(await textFrom(one, query))
      }
    })

    it('reports no failure of the other place', async () => {
      all.clock.advance(86_400_000)
      all.emulator.fault({ match: (call) => all.isList(call, facts.placeIds[1]), effect: { status: 403 } })
      const answer = await expectSameAnswer(`{ certificates(first: 20) { totalCount complete sources { ${source} } } }`)
      expect(answer).toContain('"totalCount":3,"complete":true')
    })
  })
}
