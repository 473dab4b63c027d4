import { afterEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    fresh: boolean
    nodes: { stale: boolean; provider: string }[]
    sources: { status: string; place: { provider: string }; error: { code: string; message: string } | null }[]
  }
}

const query = `{ certificates(first: 100) { totalCount complete fresh nodes { stale provider } sources {
  status place { provider } error { code message }
} } }`

/** Sends a query and lets the time pass that it waits for. */
async function ask(text = query): Promise<Answer['certificates']> {
  const { data } = await whileTimePasses(stack.clock, stack.ask<Answer>(text), 60_000)
  return data.certificates
}

const insisting = query.replace('first: 100', 'first: 100, maxStaleness: "PT0S"')

async function startWarm(contractsPerAccount: number, upstream: object = {}): Promise<void> {
  stack = await startStack({
    scale: {
      openai: { certificatesPerOrganization: 3 },
      akamai: { contractsPerAccount, enrollmentsPerContract: 3 },
      liveperson: { accounts: 1, certificatesPerAccount: 3 },
    },
    configure: (file) => ({ ...file, upstream }),
  })
  expect(await ask()).toMatchObject({ complete: true, fresh: true })
}

/** Makes every call to these vendors fail, and forgets their calls so far. */
function strike(effect: Effect, vendors: ('openai' | 'akamai' | 'liveperson')[] = ['akamai']): () => void {
  const ends = vendors.map((vendor) => {
    stack[vendor].emulator.reset()
    return stack[vendor].emulator.fault({ effect })
  })
  return () => {
    for (const end of ends) end()
  }
}

const akamaiCalls = () => stack.akamai.emulator.calls.length

describe('an hour in which Akamai answers 500', () => {
  it.each([
    ['one contract, polled every ten seconds', 1, 10_000],
    ['two contracts, polled every minute', 2, 60_000],
    ['eight contracts, polled every five seconds', 8, 5_000],
    ['eight contracts, polled every ten seconds', 8, 10_000],
    ['eight contracts, polled every two minutes', 8, 120_000],
  ])(
    'costs it at most one call per window besides the first ones, and no row is lost: %s',
    async (_, contracts, pause) => {
      await startWarm(contracts)
      strike({ status: 500 })
      const until = stack.clock.now() + 3_600_000
      while (stack.clock.now() < until) {
        const askedAt = stack.clock.now()
        expect(await ask()).toMatchObject({ totalCount: 6 + 3 * contracts, complete: true })
        stack.clock.advance(Math.max(0, askedAt + pause - stack.clock.now()))
      }
      const { nodes, sources, fresh } = await ask()
      expect(fresh).toBe(false)
      expect(new Set(nodes.filter(({ stale }) => stale).map(({ provider }) => provider))).toEqual(new Set(['AKAMAI']))
      const atAkamai = sources.filter(({ place }) => place.provider === 'AKAMAI')
      expect(new Set(atAkamai.map(({ status }) => status))).toEqual(new Set(['STALE']))
      expect(['UPSTREAM_CIRCUIT_OPEN', 'UPSTREAM_UNAVAILABLE']).toContain(atAkamai[0]?.error?.code)
      expect(akamaiCalls()).toBeGreaterThan(10)
      // One probe in each of 59 windows at most, and the readings and retries before the circuit opens.
      expect(akamaiCalls()).toBeLessThanOrEqual(59 + 8)
    },
    120_000,
  )

  it('ends with the first successful probe', async () => {
    await startWarm(2, { ttl: '1m', staleWhileRevalidate: '0s' })
    const recover = strike({ status: 500 })
    for (let time = 0; time < 30; time += 1) {
      await ask()
      stack.clock.advance(20_000)
    }
    recover()
    stack.clock.advance(300_000)
    // One of the readings is the probe, the others come after it.
    await ask()
    stack.clock.advance(5_000)
    expect(await ask()).toMatchObject({ totalCount: 12, complete: true, fresh: true })
  })
})

describe('when the wall clock is set back', () => {
  it.each([-60_000, -3_600_000])(
    'by %d ms while Akamai fails, no row is lost and none is stale',
    async (adjustment) => {
      await startWarm(4)
      strike({ status: 500 })
      stack.clock.adjustWallClock(adjustment)
      const { totalCount, complete, nodes } = await ask()
      expect([totalCount, complete]).toEqual([18, true])
      const akamai = nodes.filter(({ provider }) => provider === 'AKAMAI')
      expect(akamai.map(({ stale }) => stale)).toEqual(Array(12).fill(false))
    },
  )
})

describe('while every vendor hangs', () => {
  it('every response is complete within a second, with a deadline of half a second', async () => {
    await startWarm(2, { deadline: '500ms', ttl: '1m', staleWhileRevalidate: '1m' })
    strike('hang', ['openai', 'akamai', 'liveperson'])
    for (let time = 0; time < 40; time += 1) {
      const askedAt = stack.clock.now()
      expect(await ask()).toMatchObject({ totalCount: 12, complete: true })
      expect(stack.clock.now() - askedAt).toBeLessThan(1_000)
      stack.clock.advance(15_000)
    }
    const { sources } = await ask()
    for (const { status, error } of sources) {
      expect(status).toBe('STALE')
      expect(error?.code).toMatch(/^UPSTREAM_(TIMEOUT|CIRCUIT_OPEN)$/)
    }
    const { data } = await stack.ask<{ certificatePlaces: { nodes: { circuitOpen: boolean }[] } }>(
      '{ certificatePlaces { nodes { circuitOpen } } }',
    )
    expect(data.certificatePlaces.nodes.map(({ circuitOpen }) => circuitOpen)).toContain(true)
  })

  it('only the first operation waits until its deadline; later ones get the stale reading at once', async () => {
    await startWarm(2, { deadline: '5s', ttl: '1m', staleWhileRevalidate: '0s' })
    strike('hang', ['openai', 'akamai', 'liveperson'])
    stack.clock.advance(120_000)
    const askedAt = stack.clock.now()
    expect(await ask()).toMatchObject({ totalCount: 12, complete: true, fresh: false })
    expect(stack.clock.now() - askedAt).toBe(5_000)
    for (let time = 0; time < 5; time += 1) expect(await ask()).toMatchObject({ complete: true, fresh: false })
    expect(stack.clock.now() - askedAt).toBe(5_000)
  })

  it('an operation with maxStaleness waits until its deadline', async () => {
    await startWarm(2, { deadline: '5s', ttl: '1m', staleWhileRevalidate: '0s' })
    strike('hang', ['akamai'])
    stack.clock.advance(120_000)
    await ask()
    const askedAt = stack.clock.now()
    expect(await ask(insisting)).toMatchObject({ complete: true, fresh: false })
    expect(stack.clock.now() - askedAt).toBe(5_000)
  })
})

describe('a vendor that fails once', () => {
  it.each<[string, Effect]>([
    ['answers 503', { status: 503 }],
    ['answers 408', { status: 408 }],
    ['breaks the connection', 'reset'],
  ])('is called again without an error in the response: it %s', async (_, effect) => {
    await startWarm(1, { ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' })
    stack.openai.emulator.reset()
    stack.openai.emulator.fault({ match: ({ path }) => path === '/v1/organization/certificates', effect, times: 3 })
    expect(await ask()).toMatchObject({ totalCount: 9, complete: true, fresh: true })
    expect(stack.callsTo('/v1/organization/certificates')).toHaveLength(4)
  })

  it('and does not recover causes the last error, and one log line', async () => {
    await startWarm(1, { ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' })
    stack.openai.emulator.reset()
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/certificates',
      effect: { status: 502 },
    })
    const { sources } = await ask()
    expect(sources.find(({ status }) => status === 'FAILED')?.error?.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(stack.callsTo('/v1/organization/certificates')).toHaveLength(4)
    expect(stack.log.filter(({ code }) => code === 'UPSTREAM_UNAVAILABLE')).toHaveLength(1)
  })

  it('is not called again after the deadline of the operation', async () => {
    await startWarm(1, { ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s', readingTimeout: '1s' })
    stack.openai.emulator.reset()
    const headers = { 'retry-after': '2' }
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/certificates',
      effect: { status: 503, headers },
    })
    const { sources } = await ask()
    expect(sources.find(({ status }) => status === 'FAILED')?.error?.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(stack.callsTo('/v1/organization/certificates')).toHaveLength(1)
  })
})

describe('a circuit breaker', () => {
  it('is opened by failed readings, and not by other failed calls', async () => {
    stack = await startStack({
      scale: { openai: { certificatesPerOrganization: 10 } },
      configure: ({ openai }) => ({ openai, upstream: { ttl: '0s', staleWhileRevalidate: '0s' } }),
    })
    stack.openai.emulator.fault({ match: ({ query: sent }) => sent.has('include[]'), effect: { status: 200 } })
    const { errors } = await stack.ask('{ certificates { nodes { ... on OpenAICertificate { pem } } } }')
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(Array(10).fill('UPSTREAM_MALFORMED_RESPONSE'))
    expect(await ask()).toMatchObject({ totalCount: 10, complete: true, fresh: true })
  })

  it('that is open causes an error with the seconds to wait, for one account alone', async () => {
    stack = await startStack({
      scale: { openai: { organizations: 2, certificatesPerOrganization: 3 } },
      configure: ({ openai }) => ({ openai }),
    })
    const [failing] = stack.openai.state.organizations
    stack.openai.emulator.fault({
      match: ({ headers }) => headers.authorization === `Bearer ${failing?.adminKey}`,
      effect: { status: 200, body: 'not JSON' },
    })
    for (let time = 0; time < 5; time += 1) {
      await ask()
      stack.clock.advance(5_000)
    }
    stack.openai.emulator.reset()
    const place = (id: number) => `{ openAIOrganization(id: "org_scaled${id}") { certificates { totalCount } } }`
    const { errors } = await stack.ask(place(0))
    expect(errors).toMatchObject([
      {
        message: 'OpenAI failed 5 times in a row, the last time with UPSTREAM_MALFORMED_RESPONSE; calls are paused',
        extensions: { code: 'UPSTREAM_CIRCUIT_OPEN', provider: 'OPENAI', retryAfterSeconds: 25 },
      },
    ])
    expect(stack.openai.emulator.calls).toEqual([])
    expect((await stack.ask(place(1))).errors).toBeUndefined()
    const cause = expect.stringContaining('returned a malformed response for the certificates of org_scaled0')
    expect(stack.log).toContainEqual(expect.objectContaining({ level: 40, code: 'UPSTREAM_CIRCUIT_OPEN', cause }))
  })
})
