import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { passTime } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings, type Outage, outages, startStackWithSixPlaces } from '../../support/vendor-outage.ts'

let stack: Stack

const [openAI, akamai] = outages as [Outage, Outage, Outage]
const start = async (upstream: object = { ttl: '1h' }) => {
  stack = await startStackWithSixPlaces(upstream)
}

const calls = ({ emulator, strikes }: Outage) => emulator(stack).calls.filter((call) => strikes(stack, call)).length
const iso = (at: number) => new Date(at).toISOString()

interface Place {
  readonly certificates: { readonly nodes: { readonly asOf: string; readonly stale: boolean }[] } | null
}

/** The times of the place's certificates, read with a bound. */
async function ask({ field }: Outage, maxStaleness?: string) {
  const bound = maxStaleness === undefined ? '' : `(maxStaleness: "${maxStaleness}")`
  const query = `{ place: ${field} { certificates${bound} { nodes { asOf stale } } } }`
  const { data, errors } = await stack.ask<{ place: Place }>(query)
  expect(errors).toBeUndefined()
  return data.place.certificates?.nodes[0]
}

describe.each(outages)('maxStaleness at $brand', (outage) => {
  beforeAll(() => start())
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it('refreshes an older reading before the response, and serves a younger one', async () => {
    const first = stack.clock.now()
    await ask(outage)
    stack.clock.advance(120_000)
    expect(await ask(outage, 'PT2M')).toEqual({ asOf: iso(first), stale: false })
    expect(calls(outage)).toBe(1)
    stack.clock.advance(1)
    const second = stack.clock.now()
    expect(await ask(outage, 'PT2M')).toEqual({ asOf: iso(second), stale: false })
    expect(calls(outage)).toBe(2)
    // An operation without a bound gets the same reading.
    expect(await ask(outage)).toEqual({ asOf: iso(second), stale: false })
  })

  it('applies to the other fields about the same place', async () => {
    await ask(outage)
    stack.clock.advance(120_000)
    const list = 'certificates(maxStaleness: "PT1M") { totalCount }'
    const { data } = await stack.ask(
      `{ certificatePlaces(first: 1) { edges { cursor } } place: ${outage.field} { ${list} source { asOf } } }`,
    )
    expect(data).toMatchObject({ place: { certificates: expect.anything(), source: { asOf: iso(stack.clock.now()) } } })
  })

  it('applies to a field about the same place that is resolved before', async () => {
    await ask(outage)
    stack.clock.advance(120_000)
    const { data } = await stack.ask(`{
      before: ${outage.field} { certificates { nodes { asOf } } }
      place: ${outage.field} { certificates(maxStaleness: "PT1M") { nodes { asOf } } }
    }`)
    const asOf = iso(stack.clock.now())
    const list = { certificates: { nodes: expect.arrayContaining([{ asOf }]) } }
    expect(data).toMatchObject({ before: list, place: list })
  })

  it('of PT0S forces a reading, at most one in ten seconds', async () => {
    const first = stack.clock.now()
    await ask(outage, 'PT0S')
    stack.clock.advance(10_000)
    expect(await ask(outage, 'PT0S')).toEqual({ asOf: iso(first), stale: false })
    expect(calls(outage)).toBe(1)
    stack.clock.advance(1)
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(outage, 'PT0S')))
    for (const answer of answers) expect(answer).toEqual({ asOf: iso(first + 10_001), stale: false })
    expect(calls(outage)).toBe(2)
  })

  it('serves an older reading as stale when the vendor fails, and retries once in ten seconds', async () => {
    const first = stack.clock.now()
    await ask(outage)
    stack.clock.advance(60_000)
    outage.emulator(stack).fault({ match: (call) => outage.strikes(stack, call), effect: { status: 404 } })
    expect(await ask(outage, 'PT30S')).toEqual({ asOf: iso(first), stale: true })
    expect(calls(outage)).toBe(2)
    stack.clock.advance(9_900)
    expect(await ask(outage, 'PT30S')).toEqual({ asOf: iso(first), stale: true })
    expect(calls(outage)).toBe(2)
    stack.clock.advance(1_000)
    await ask(outage, 'PT30S')
    expect(calls(outage)).toBe(3)
  })
})

describe.each(outages)('maxStaleness beyond the ttl at $brand', (outage) => {
  afterEach(() => stack.close())

  it('serves the reading and refreshes it in the background', async () => {
    await start({ ttl: '1m' })
    const first = stack.clock.now()
    await ask(outage)
    stack.clock.advance(3_600_000)
    expect(await ask(outage, 'P1D')).toEqual({ asOf: iso(first), stale: false })
    await passTime(stack, 0)
    expect(calls(outage)).toBe(2)
    expect(await ask(outage, 'P1D')).toEqual({ asOf: iso(first + 3_600_000), stale: false })
  })
})

describe('maxStaleness', () => {
  beforeAll(() => start())
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it('of a list over all places applies to each place and to the lists of places', async () => {
    const query = (bound: string) =>
      `{ certificates(maxStaleness: "${bound}") { nodes { asOf } sources { asOf } complete fresh } }`
    await stack.ask(query('P1D'))
    stack.clock.advance(60_000)
    const { data } = await stack.ask<{ certificates: { nodes: { asOf: string }[]; sources: { asOf: string }[] } }>(
      query('PT30S'),
    )
    const now = iso(stack.clock.now())
    expect(data.certificates).toMatchObject({ complete: true, fresh: true })
    expect(new Set([...data.certificates.nodes, ...data.certificates.sources].map(({ asOf }) => asOf))).toEqual(
      new Set([now]),
    )
  })

  it('that is stricter and comes later in an operation reads the place again', async () => {
    await ask(openAI)
    stack.clock.advance(60_000)
    const { data } = await stack.ask(`{ certificates(filter: { providers: [OPENAI] }, first: 1) { nodes {
      asOf ... on OpenAICertificate { organization { certificates(maxStaleness: "PT0S") { nodes { asOf } } } }
    } } }`)
    const now = iso(stack.clock.now())
    expect(data).toMatchObject({
      certificates: { nodes: [{ organization: { certificates: { nodes: [{ asOf: now }, {}, {}] } } }] },
    })
  })

  it('applies to enrollments too, which are read with the certificates of their contract', async () => {
    const query = `{ ${akamai.field} { enrollments(maxStaleness: "PT0S") { nodes { deployedCertificates { asOf } } } } }`
    await stack.ask(query)
    stack.clock.advance(60_000)
    expect(JSON.stringify(await stack.ask(query))).toContain(iso(stack.clock.now()))
  })

  it('is rejected when it is negative or in months', async () => {
    for (const bound of ['-PT1S', 'P1M', 'soon']) {
      const { errors } = await stack.ask(`{ certificates(maxStaleness: "${bound}") { totalCount } }`)
      const message = expect.stringContaining(`found "${bound}"; expected an ISO 8601 duration`)
      expect(errors).toMatchObject([{ message, locations: [{ line: 1, column: 30 }] }])
    }
  })
})

describe('maxStaleness with other settings', () => {
  afterEach(() => stack.close())

  it.each([
    ['first', 'PT0S', 'PT1H'],
    ['last', 'PT1H', 'PT0S'],
  ])('applies to its place at its strictest within an operation: %s', async (_, one, other) => {
    await start({ ttl: '2h' })
    await stack.ask('{ certificates { totalCount } }')
    stack.clock.advance(60_000)
    const { data } = await stack.ask<Record<'one' | 'other' | 'all', Place['certificates'] & Place>>(`{
      one: ${akamai.field} { certificates(maxStaleness: "${one}") { nodes { asOf } } }
      all: certificates(filter: { providers: [AKAMAI] }) { nodes { asOf } sources { asOf kind } }
      other: ${akamai.field} { source { asOf } certificates(maxStaleness: "${other}") { nodes { asOf } } }
    }`)
    const now = iso(stack.clock.now())
    expect(data.one.certificates?.nodes[0]).toEqual({ asOf: now })
    expect(data.other).toMatchObject({ source: { asOf: now }, certificates: { nodes: [{ asOf: now }, {}, {}] } })
    // It applies to the selected place alone.
    expect(new Set(data.all?.nodes.map(({ asOf }) => asOf)).size).toBe(2)
    expect([calls(akamai), stack.callsTo('/cps/').length]).toEqual([2, 3])
  })

  it('forces readings within the rate limit only', async () => {
    stack = await startStack({
      scale: { akamai: { contractsPerAccount: 1 } },
      configure: ({ akamai }) => ({ akamai, upstream: { ttl: '1h', minReadingAge: '0s' } }),
    })
    for (let time = 0; time < 8; time += 1) {
      stack.clock.advance(1)
      await ask(akamai, 'PT0S')
    }
    const last = stack.clock.now()
    stack.clock.advance(1)
    expect(await ask(akamai, 'PT0S')).toEqual({ asOf: iso(last), stale: true })
    expect(calls(akamai)).toBe(8)
  })

  it('may force a reading more often when configured', async () => {
    await start({ ttl: '1h', minReadingAge: '1s' })
    await ask(akamai, 'PT0S')
    stack.clock.advance(1_001)
    await ask(akamai, 'PT0S')
    expect(calls(akamai)).toBe(2)
  })
})
