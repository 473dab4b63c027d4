import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type Emulator, startEmulator } from '../../../src/sandbox/emulator.ts'
import { failureTtl, whileTimePasses } from '../passing-time.ts'
import { until } from '../until.ts'
import { failureOf } from '../vendor-call.ts'
import { type ListAnswer, listFields, type SourceAnswer, sourceFields, withoutCaching } from '../vendor-outage.ts'
import { type Deployment, firstPlaceOf, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'
import { type FailureCase, failureCases } from './failure-cases.ts'

interface Answer {
  readonly list: ListAnswer
  readonly place: { readonly id: string; readonly certificates: object | null; readonly source: SourceAnswer }
}

/** A failing call is reported for its place, with the documented code, and changes nothing else in the answer. */
export function describeFailures<Config>(facts: ProviderFacts<Config>): void {
  describe('when the call for the certificates of one place fails', () => {
    let deployment: Deployment
    let elsewhere: Emulator
    let healthy: ListAnswer
    let place: { readonly id: string; readonly __typename: string }
    /** The timers that are set when no operation is in progress. */
    let idleSleeps: number

    beforeAll(async () => {
      elsewhere = await startEmulator(() => ({ status: 200, body: [] }))
      deployment = await startDeployment(facts, { upstream: { ...withoutCaching, deadline: '15s' } })
      healthy = await everything()
      expect(healthy).toMatchObject({ complete: true, fresh: true })
      place = await firstPlaceOf(deployment)
      await deployment.processState.changes.recorder.settled()
      idleSleeps = deployment.clock.pendingSleeps
      deployment.emulator.reset()
    })
    /** The vendor works again, and no failure or pause is left over for the next test. */
    afterEach(async () => {
      deployment.emulator.reset()
      deployment.clock.advance(90_000)
      expect(await everything()).toMatchObject({ totalCount: healthy.totalCount, complete: true })
      deployment.emulator.reset()
    })
    afterAll(async () => {
      await deployment.close()
      await elsewhere.close()
    })

    const everything = async () => {
      const query = `{ certificates(first: 100) { ${listFields} } }`
      return (await deployment.ask<{ certificates: ListAnswer }>(query)).data.certificates
    }

    /** Reads the list of everything and the place in one operation, while the calls for the place's list fail. */
    async function readDuring({ effect }: Pick<FailureCase, 'effect'>) {
      const { emulator, clock, isList } = deployment
      const match = (call: (typeof emulator.calls)[number]) => isList(call)
      emulator.fault({ match, effect: typeof effect === 'function' ? effect(clock.now()) : effect })
      const asked = deployment.ask<Answer>(
        `query ($id: ID!) {
          list: certificates(first: 100) { ${listFields} }
          place: node(id: $id) { ... on ${place.__typename} {
            id source { ${sourceFields} } certificates { totalCount }
          } }
        }`,
        { id: place.id },
      )
      if (effect === 'hang') {
        // The operation, the reading and its call sleep: all other readings are done.
        await until(() => emulator.calls.some(match) && clock.pendingSleeps === idleSleeps + 3)
        clock.advance(10_000)
      }
      const answer = await whileTimePasses(clock, asked)
      return { answer, calls: emulator.calls.filter(match).length }
    }

    it.each(Object.entries(failureCases))(
      'reports the place as failed and returns all others when the vendor %s',
      async (_, failure) => {
        const { answer, calls } = await readDuring(failure)
        const { list } = answer.data
        const { code, httpStatus = null, retryAfterSeconds = null } = failure
        expect(calls).toBe(failure.calls ?? 1)

        const others = healthy.nodes.filter((node) => node.place.id !== place.id)
        expect(others).toHaveLength(healthy.nodes.length - 3)
        expect(list.nodes).toEqual(others)
        expect(list).toMatchObject({ totalCount: healthy.totalCount - 3, complete: false, fresh: true })

        const failed = list.sources.filter(({ status }) => status !== 'OK')
        expect(failed).toEqual([
          {
            place: { id: place.id, provider: facts.provider },
            kind: 'CERTIFICATES',
            status: 'FAILED',
            asOf: null,
            certificateCount: null,
            unreadableRows: 0,
            error: { code, message: expect.stringContaining(facts.brand), httpStatus, retryAfterSeconds },
          },
        ])
        expect(list.sources).toHaveLength(healthy.sources.length)
        expect(answer.data.place).toEqual({ id: place.id, source: failed[0], certificates: null })

        expect(answer.errors).toMatchObject([
          {
            message: failed[0]?.error?.message,
            path: ['place', 'certificates'],
            extensions: {
              code,
              provider: facts.provider,
              place: place.id,
              ...(httpStatus !== null && { httpStatus }),
              ...(retryAfterSeconds !== null && { retryAfterSeconds }),
            },
          },
        ])
        expect(answer.errors).toHaveLength(1)
        // Only the reading that the vendor postponed continues.
        await until(() => deployment.clock.pendingSleeps === idleSleeps + (httpStatus === 429 ? 1 : 0))
      },
    )

    it.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async (status) => {
      const { answer } = await readDuring({ effect: { status, headers: { location: `${elsewhere.url}/v1` } } })
      expect(answer.data.place.source).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'UPSTREAM_MALFORMED_RESPONSE',
          httpStatus: status,
          message: expect.stringContaining(facts.brand),
        },
      })
      expect(answer.data.list).toMatchObject({ totalCount: healthy.totalCount - 3, complete: false })
      expect(elsewhere.calls).toEqual([])
    })

    it('reads the place again five seconds after a failure, and not earlier', async () => {
      const { answer } = await readDuring({ effect: { status: 403 } })
      deployment.emulator.reset()
      deployment.clock.advance(failureTtl - 1)
      const { data } = await deployment.ask<{ place: { source: SourceAnswer } }>(
        `query ($id: ID!) { place: node(id: $id) { ... on CertificatePlace { source { ${sourceFields} } } } }`,
        { id: place.id },
      )
      expect(data.place.source).toEqual(answer.data.place.source)
      expect(deployment.listCalls()).toEqual([])
      deployment.clock.advance(1)
      expect(await everything()).toMatchObject({ totalCount: healthy.totalCount, complete: true })
    })
  })

  it('answers the next operation with the reading that an aborted operation began', async () => {
    const deployment = await startDeployment(facts, { upstream: {} })
    try {
      deployment.emulator.latency = 50
      const client = new AbortController()
      const query = `{ certificates(first: 100, filter: { providers: [${facts.provider}] }) { totalCount complete } }`
      const aborted = failureOf(deployment.ask(query, {}, client.signal))
      await until(() => deployment.listCalls().length === 1)
      client.abort()
      expect(await aborted).toMatchObject({ name: 'AbortError' })
      deployment.emulator.latency = 0
      expect(await deployment.ask(query)).toEqual({ data: { certificates: { totalCount: 6, complete: true } } })
      expect(deployment.listCalls()).toHaveLength(1)
      expect(deployment.log.filter(({ level }) => Number(level) > 30)).toEqual([])
    } finally {
      await deployment.close()
    }
  })
}
