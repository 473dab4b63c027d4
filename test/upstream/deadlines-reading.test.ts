import { afterEach, describe, expect, it } from '@jest/globals'
import { type Gate, startGate } from '../support/gate.ts'
import { failureTtl } from '../support/passing-time.ts'
import { type Stack, type StackOptions, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
let gate: Gate
afterEach(async () => {
  await stack.close()
  await gate.close()
})

/** An organization with this many certificates, behind a gate that holds every request. */
async function startSlow(certificatesPerOrganization: number, upstream: object): Promise<void> {
  gate = await startGate()
  const configure: StackOptions['configure'] = ({ openai }) => {
    const [organization] = openai.organizations
    const { origin, pathname } = new URL(String(organization?.baseUrl))
    gate.target = origin
    return { openai: { organizations: [{ ...organization, baseUrl: gate.url + pathname }] }, upstream }
  }
  stack = await startStack({ scale: { openai: { certificatesPerOrganization } }, configure })
}

interface Answer {
  readonly certificates: {
    readonly totalCount: number
    readonly complete: boolean
    readonly sources: readonly { readonly asOf: string; readonly error: { code: string; message: string } | null }[]
  }
}

const query = '{ certificates { totalCount complete sources { asOf error { code message } } } }'
const arrivals = (count: number) => until(() => gate.received.length === count)

describe('the timeout of a call', () => {
  it('ends the reading it is part of', async () => {
    await startSlow(150, { timeout: '3s' })
    const asked = stack.ask<Answer>(query)
    await arrivals(1)
    gate.letOneThrough()
    await arrivals(2)
    stack.clock.advance(3_000)
    const { certificates } = (await asked).data
    expect(certificates).toMatchObject({ totalCount: 0, complete: false })
    expect(certificates.sources).toMatchObject([
      {
        error: {
          code: 'UPSTREAM_TIMEOUT',
          message: 'OpenAI did not return the certificates of org_scaled0 within 3000 ms',
        },
      },
    ])
    expect(stack.clock.pendingSleeps).toBe(0)
  })

  it('is 10 seconds by default, for each page', async () => {
    await startSlow(250, { deadline: '50s' })
    const asked = stack.ask<Answer>(query)
    for (const page of [1, 2, 3]) {
      await arrivals(page)
      stack.clock.advance(9_999)
      gate.letOneThrough()
    }
    expect((await asked).data.certificates).toMatchObject({ totalCount: 250, complete: true })
  })
})

describe('the timeout of a reading', () => {
  it.each([
    ['configured', { readingTimeout: '15s' }, 15_000],
    ['60 seconds by default', { timeout: '50s' }, 60_000],
  ])('covers all of its pages: %s', async (_, upstream, milliseconds) => {
    await startSlow(250, { ...upstream, deadline: '5m' })
    const asked = stack.ask<Answer>(query)
    for (const page of [1, 2]) {
      await arrivals(page)
      stack.clock.advance(milliseconds * 0.45)
      gate.letOneThrough()
    }
    await arrivals(3)
    stack.clock.advance(milliseconds * 0.1)
    const { certificates } = (await asked).data
    expect(certificates.sources).toMatchObject([
      { error: { code: 'UPSTREAM_TIMEOUT', message: `the reading was not complete within ${milliseconds} ms` } },
    ])
    // The call for the last page is aborted.
    await until(() => gate.waiting === 0)
    expect(stack.clock.pendingSleeps).toBe(0)
  })
})

describe('a reading whose operation has passed its deadline', () => {
  it('continues and is served to the next operation with its own asOf', async () => {
    await startSlow(150, { deadline: '5s' })
    const asOf = new Date(stack.clock.now()).toISOString()
    const asked = stack.ask<Answer>(query)
    await arrivals(1)
    stack.clock.advance(5_000)
    expect((await asked).data.certificates).toMatchObject({ totalCount: 0, complete: false })
    const next = stack.ask<Answer>(query)
    gate.open()
    expect((await next).data.certificates).toEqual({
      totalCount: 150,
      complete: true,
      sources: [{ asOf, error: null }],
    })
    stack.clock.advance(54_999)
    expect((await stack.ask<Answer>(query)).data.certificates.sources).toEqual([{ asOf, error: null }])
    expect(gate.received).toHaveLength(2)
    // That of the next threshold that a certificate crosses.
    expect(stack.clock.pendingSleeps).toBe(1)
  })

  it('fails after its own timeout, and is then made again', async () => {
    await startSlow(50, { deadline: '5s', timeout: '8s' })
    const asked = stack.ask<Answer>(query)
    await arrivals(1)
    stack.clock.advance(5_000)
    await asked
    expect(stack.clock.pendingSleeps).toBe(2)
    stack.clock.advance(3_000)
    await until(() => stack.clock.pendingSleeps === 0)
    gate.open()
    stack.clock.advance(failureTtl)
    expect((await stack.ask<Answer>(query)).data.certificates).toMatchObject({ totalCount: 50, complete: true })
    expect(gate.received).toHaveLength(2)
  })
})
