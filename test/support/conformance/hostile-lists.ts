import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../src/sandbox/fault.ts'
import { lowestCost } from '../cpu-time.ts'
import { type ListAnswer, listFields } from '../vendor-outage.ts'
import { type Deployment, firstPlaceOf, type PlaceNode, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'

const reading = { pages: 5, rows: 1_000, bytes: '1MB' }
const malformed = 'UPSTREAM_MALFORMED_RESPONSE'
const marks = '\u0315\u0300\u0327'.repeat(67_000)
const tooManyDigits = '7'.repeat(41)

const sorted = `query ($filter: CertificateFilter!) {
  certificates(first: 10, filter: $filter, orderBy: { field: NAME, direction: ASC }) { complete nodes { name } }
}`

interface Named {
  readonly certificates: { readonly complete: boolean; readonly nodes: readonly { readonly name: string }[] }
}

/** A list that is too long, or whose end is not certain, fails its place and no other. */
export function describeHostileLists<Config>(facts: ProviderFacts<Config>): void {
  describe('when the list of one place is hostile', () => {
    let deployment: Deployment
    let place: PlaceNode
    let healthy: ListAnswer
    /** The body of the place's list. */
    let body: unknown

    beforeAll(async () => {
      deployment = await startDeployment(facts, { sections: { limits: { reading } } })
      place = await firstPlaceOf(deployment)
      const restore = withEffect({
        patch: (sent) => {
          body = sent
          return sent
        },
      })
      healthy = await everything()
      restore()
      expect(healthy).toMatchObject({ complete: true })
    })
    /** The circuit breaker and the failures of the last test are forgotten. */
    afterEach(async () => {
      deployment.emulator.reset()
      deployment.clock.advance(90_000)
      expect(await everything()).toMatchObject({ totalCount: healthy.totalCount, complete: true })
      deployment.emulator.reset()
    })
    afterAll(() => deployment.close())

    const withEffect = (effect: Effect) =>
      deployment.emulator.fault({ match: (call) => deployment.isList(call), effect })
    const withRows = (change: (rows: readonly object[]) => readonly unknown[]) => facts.mapRows(body, change)
    /** The list with `text` as a JSON number of too many digits. */
    const withDigits = (list: unknown, text: string) => JSON.stringify(list).replace(`"${text}"`, tooManyDigits)
    const everything = async () => {
      const { data } = await deployment.ask<{ certificates: ListAnswer }>(
        `{ certificates(first: 100) { ${listFields} } }`,
      )
      return data.certificates
    }

    /** Expects that the place fails for this reason, and that all others are read. */
    async function expectFailure(effect: Effect, reason: string): Promise<void> {
      withEffect(effect)
      const list = await everything()
      const failed = list.sources.filter(({ status }) => status !== 'OK')
      expect(failed).toMatchObject([
        { place: { id: place.id }, status: 'FAILED', certificateCount: null, error: { code: malformed } },
      ])
      expect(failed[0]?.error?.message).toContain(facts.brand)
      expect(failed[0]?.error?.message).toContain(reason)
      expect(list).toMatchObject({ totalCount: healthy.totalCount - 3, complete: false })
      expect(list.nodes).toEqual(healthy.nodes.filter((node) => node.place.id !== place.id))
    }

    it.each([202, 203, 206])('reports status %i as malformed, and not as a complete list', async (status) => {
      await expectFailure({ respond: () => ({ status, body: Object(body) }) }, `answered ${status}`)
    })

    it('stops at the limit of rows', async () => {
      const rows = withRows(([row]) => Array.from({ length: 1_001 }, (_, id) => ({ ...row, [facts.idMember]: id })))
      await expectFailure({ respond: () => ({ status: 200, body: Object(rows) }) }, 'more than 1000 rows')
    })

    it('stops at the limit of bytes', async () => {
      const rows = withRows(([row, ...others]) => [{ ...row, padding: 'x'.repeat(1_000_000) }, ...others])
      await expectFailure({ respond: () => ({ status: 200, body: Object(rows) }) }, 'more than 1000000 bytes')
    })

    const { pageMarkers } = facts
    if (pageMarkers) {
      const { flag, token } = pageMarkers
      const more = flag === undefined ? {} : { [flag]: true }

      it('stops at the limit of pages when each page has another one after it', async () => {
        let sent = 0
        const respond = () => {
          sent += 1
          return {
            status: 200,
            body: { ...Object(withRows(() => [])), ...onePage(sent), ...more, [token]: `t${sent}` },
          }
        }
        const onePage = (id: number) => Object(withRows(([row]) => [{ ...row, [facts.idMember]: `row-${id}` }]))
        await expectFailure({ respond }, 'more than 5 pages')
        expect(sent).toBe(6)
      })

      it('stops when a page token repeats', async () => {
        const respond = () => ({ status: 200, body: { ...Object(body), ...more, [token]: 'again' } })
        await expectFailure({ respond }, 'a page token twice')
        expect(deployment.listCalls()).toHaveLength(2)
      })

      const wrongTokens = [7, true, {}, ['t'], 't'.repeat(2_049)].map((value) => ({ ...more, [token]: value }))
      const wrongFlags =
        flag === undefined ? [] : ['true', 'false', 1, 0, {}, []].map((value) => ({ [flag]: value, [token]: 't' }))
      it.each([...wrongTokens, ...wrongFlags])(
        'reports page markers of a wrong type as malformed: %j',
        async (wrong) => {
          await expectFailure({ patch: (sent) => ({ ...Object(sent), ...wrong }) }, 'a malformed response')
        },
      )
    }

    it('counts a row with a very long id as unreadable, and returns all others', async () => {
      const ids = ['x'.repeat(513), tooManyDigits, '@digits']
      const rows = withRows(([row, ...others]) => [
        ...ids.map((id) => ({ ...row, [facts.idMember]: id })),
        { ...row, [facts.idMember]: 'x'.repeat(512) },
        ...others,
      ])
      const sent = withDigits(rows, '@digits')
      withEffect({ respond: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: sent }) })
      const list = await everything()
      expect(list).toMatchObject({ totalCount: healthy.totalCount, complete: false })
      expect(list.sources.find((source) => source.place.id === place.id)).toMatchObject({
        status: 'OK',
        certificateCount: 3,
        unreadableRows: 3,
      })
    })

    it('notes a number of more than 40 digits as a parse issue', async () => {
      const { member, issue } = facts.wrongType
      const rows = withRows(([row, ...others]) => [{ ...row, [member]: '@digits' }, ...others])
      const sent = withDigits(rows, '@digits')
      withEffect({ respond: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: sent }) })
      const { data } = await deployment.ask<{
        certificates: { nodes: { parseIssues: string[] }[]; complete: boolean }
      }>(`{ certificates(first: 10, filter: { placeIds: ["${place.id}"] }) { complete nodes { parseIssues } } }`)
      expect(data.certificates.nodes.flatMap(({ parseIssues }) => parseIssues)).toEqual([issue])
      expect(data.certificates).toMatchObject({ complete: true })
    })

    it('sorts and searches names of 200,000 combining marks in less than a second of CPU', async () => {
      const { data: named } = await deployment.ask<Named>(sorted, { filter: { placeIds: [place.id] } })
      const names = named.certificates.nodes.map(({ name }) => name)
      // The limit of bytes has room for two of them.
      const sent = names
        .slice(0, 2)
        .reduce(
          (list, name, index) => list.replace(JSON.stringify(name), JSON.stringify(`${marks}${index}`)),
          JSON.stringify(body),
        )
      withEffect({ respond: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: sent }) })
      // Each time the list is read anew and another text is searched.
      const search = async (index: number) => {
        deployment.clock.advance(120_000)
        const calls = deployment.listCalls().length
        const { data: all } = await deployment.ask<Named>(sorted, { filter: { placeIds: [place.id] } })
        expect(deployment.listCalls()).toHaveLength(calls + 1)
        expect(all.certificates.nodes.filter(({ name }) => name.length > marks.length)).toHaveLength(2)
        const { data: found } = await deployment.ask<Named>(sorted, {
          filter: { placeIds: [place.id], search: `needle${index}` },
        })
        expect(found.certificates).toEqual({ complete: true, nodes: [] })
      }
      expect(await lowestCost(search, 1)).toBeLessThan(1)
    })
  })
}
