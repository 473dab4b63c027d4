import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type Deployment, firstPlaceOf, type PlaceNode, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'

interface Reading {
  readonly certificates: { readonly nodes: readonly { readonly id: string; readonly parseIssues: readonly string[] }[] }
  readonly source: { readonly status: string; readonly certificateCount: number; readonly unreadableRows: number }
}

type Change = (rows: readonly object[]) => readonly unknown[]

/** A row that cannot be read is counted, and no other row is lost with it. */
export function describeRows<Config>(facts: ProviderFacts<Config>): void {
  describe('when rows of a list are malformed', () => {
    let deployment: Deployment
    let place: PlaceNode
    let healthy: Reading

    beforeAll(async () => {
      deployment = await startDeployment(facts)
      place = await firstPlaceOf(deployment)
      healthy = await read()
      expect(healthy.certificates.nodes).toHaveLength(3)
    })
    afterEach(() => deployment.emulator.reset())
    afterAll(() => deployment.close())

    async function read(): Promise<Reading> {
      const { data, errors } = await deployment.ask<{ node: Reading }>(
        `query ($id: ID!) { node(id: $id) { ... on ${place.__typename} {
          certificates(first: 100) { nodes { id parseIssues } } source { status certificateCount unreadableRows }
        } } }`,
        { id: place.id },
      )
      expect(errors).toBeUndefined()
      return data.node
    }

    /** Reads the place while the vendor sends other rows. */
    async function readRows(change: Change): Promise<Reading> {
      const restore = replaceRows(change)
      const reading = await read()
      restore()
      return reading
    }

    const replaceRows = (change: Change) =>
      deployment.emulator.fault({
        match: (call) => deployment.isList(call),
        effect: { patch: (body) => facts.mapRows(body, change) },
      })

    /** What the list over this place alone says about itself while the vendor sends other rows. */
    async function completenessWith(change: Change): Promise<object> {
      replaceRows(change)
      const { data } = await deployment.ask<{ certificates: object }>(
        `{ certificates(filter: { placeIds: ["${place.id}"] }) { totalCount complete } }`,
      )
      return data.certificates
    }

    const sortedIds = ({ certificates }: Reading) => certificates.nodes.map(({ id }) => id).toSorted()
    const healthyIds = () => sortedIds(healthy)

    it('counts rows that are null, a string, a list or an object without id, and returns all others', async () => {
      const reading = await readRows((rows) => [
        null,
        'text',
        [rows[0]],
        {},
        { ...rows[0], [facts.idMember]: null },
        { ...rows[0], [facts.idMember]: undefined },
        ...rows,
      ])
      expect(reading.source).toEqual({ status: 'OK', certificateCount: 3, unreadableRows: 6 })
      expect(sortedIds(reading)).toEqual(healthyIds())
      expect(await completenessWith((rows) => [null, ...rows])).toEqual({ totalCount: 3, complete: false })
    })

    it('returns a row with a member of the wrong type, with a parse issue', async () => {
      const { member, value, issue } = facts.wrongType
      const reading = await readRows(([first, ...others]) => [{ ...first, [member]: value }, ...others])
      expect(reading.source).toEqual({ status: 'OK', certificateCount: 3, unreadableRows: 0 })
      expect(sortedIds(reading)).toEqual(healthyIds())
      expect(reading.certificates.nodes.flatMap(({ parseIssues }) => parseIssues)).toEqual([issue])
    })

    it.each([null, 7, 'text', true, [], [null], {}, { a: { b: [] } }])(
      'keeps the other rows, whichever member of a row is %j',
      async (value) => {
        const members = new Set<string>()
        await readRows((rows) => {
          for (const member of Object.keys(Object(rows[0]))) members.add(member)
          return rows
        })
        expect(members.size).toBeGreaterThan(3)
        for (const member of members) {
          const reading = await readRows(([first, ...others]) => [{ ...first, [member]: value }, ...others])
          expect(reading.source.status).toBe('OK')
          expect([2, 3]).toContain(reading.source.certificateCount)
          const kept = sortedIds(reading).filter((id) => healthyIds().includes(id))
          expect(kept.length).toBeGreaterThanOrEqual(2)
        }
      },
    )

    it('returns a complete, empty list for a list without rows', async () => {
      const reading = await readRows(() => [])
      expect(reading.source).toEqual({ status: 'OK', certificateCount: 0, unreadableRows: 0 })
      expect(reading.certificates.nodes).toEqual([])
      expect(await completenessWith(() => [])).toEqual({ totalCount: 0, complete: true })
    })
  })
}
