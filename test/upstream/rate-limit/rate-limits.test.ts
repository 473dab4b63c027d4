import { afterEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../../src/sandbox/call.ts'
import { passTime, whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const minute = 60_000
const listings = () => stack.callsTo('/cps/v2/active-certificates')
const refused = () => stack.callsTo('').filter(({ status }) => status === 429)

/** Starts a stack with Akamai's real limits and records the time of each listing. */
async function startAkamai(contractsPerAccount: number, upstream: object = {}, accounts = 1): Promise<number[]> {
  const times: number[] = []
  stack = await startStack({
    scale: { akamai: { accounts, contractsPerAccount, enrollmentsPerContract: 2 } },
    configure: ({ akamai }) => ({ akamai, upstream }),
  })
  stack.akamai.emulator.fault({
    match: ({ path }) => {
      if (path.startsWith('/cps/')) times.push(stack.clock.now())
      return false
    },
    effect: 'reset',
  })
  return times
}

/** The largest number of events within any window of this length. */
function mostWithin(times: readonly number[], milliseconds: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + milliseconds).length))
}

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    fresh: boolean
    sources: {
      status: string
      kind: string
      error: { code: string; message: string; httpStatus: number | null; retryAfterSeconds: number | null } | null
      place: { rateLimit: { limit: number; remaining: number; resetAt: string | null; waiting: number } | null }
    }[]
  }
}

const query = `{ certificates { totalCount complete fresh sources {
  status kind error { code message httpStatus retryAfterSeconds } place { rateLimit { limit remaining resetAt waiting } }
} } }`

const contract = (index: number) => `{ akamaiContract(id: "C-0S${index}") { certificates { totalCount } } }`

describe('fifty parallel requests over twelve contracts of one account', () => {
  it('make at most ten listings in any minute, and none is answered 429', async () => {
    const times = await startAkamai(12)
    const asked = Array.from({ length: 50 }, (_, index) =>
      index % 5 === 0
        ? stack.ask(`{ certificates(first: ${index + 1}) { totalCount complete } }`)
        : stack.ask(contract(index % 12)),
    )
    await whileTimePasses(stack.clock, Promise.all(asked), minute)
    await passTime(stack, 180_000, 1_000)
    const { data } = await stack.ask<Answer>(query)
    expect(data.certificates).toMatchObject({ totalCount: 24, complete: true })
    expect(times).toHaveLength(12)
    expect(mostWithin(times, 60_000)).toBeLessThanOrEqual(10)
    expect(refused()).toEqual([])
  })

  it('stay within the limit for an hour', async () => {
    const times = await startAkamai(12, { ttl: '0s', staleWhileRevalidate: '1s' })
    for (let time = 0; time < 60; time += 1) {
      const asked = Array.from({ length: 12 }, (_, index) => stack.ask(contract(index)))
      await whileTimePasses(stack.clock, Promise.all(asked), minute)
      await passTime(stack, 30_000, 15_000)
    }
    expect(times.length).toBeGreaterThan(150)
    expect(mostWithin(times, 60_000)).toBeLessThanOrEqual(8)
    expect(refused()).toEqual([])
  }, 60_000)
})

describe('a thousand identical requests', () => {
  it('make one listing', async () => {
    await startAkamai(1)
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => stack.ask(contract(0))))
    for (const { data } of answers) expect(data).toEqual({ akamaiContract: { certificates: { totalCount: 2 } } })
    expect(listings()).toHaveLength(1)
  })
})

describe('a rate limit that is reached', () => {
  it('fails at once for operations whose slot comes too late, and their readings stay queued', async () => {
    await startAkamai(12)
    const { data } = await stack.ask<Answer>(query)
    const { certificates } = data
    expect(certificates).toMatchObject({ totalCount: 16, complete: false })
    const failed = certificates.sources.filter(({ status }) => status === 'FAILED')
    expect(failed.map(({ error }) => error)).toEqual(
      Array(4).fill({
        code: 'UPSTREAM_RATE_LIMITED',
        message: 'Akamai rate limit reached: 8 calls per 60 s for active certificates',
        httpStatus: null,
        retryAfterSeconds: 61,
      }),
    )
    expect(failed[0]?.place.rateLimit).toMatchObject({ limit: 8, remaining: 0, waiting: 4 })
    await passTime(stack, 20_000)
    expect((await stack.ask<Answer>(query)).data.certificates.sources).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ retryAfterSeconds: 41 }) }),
    )
    // No operation waits when the slot comes, and a later one gets the reading.
    await passTime(stack, 41_000)
    expect(listings()).toHaveLength(12)
    expect((await stack.ask<Answer>(query)).data.certificates).toMatchObject({ totalCount: 24, complete: true })
    expect(listings()).toHaveLength(12)
  })

  it('delays an operation whose slot comes before its deadline', async () => {
    await startAkamai(12, { deadline: '90s' })
    const asked = stack.ask<Answer>(query)
    const { data } = await whileTimePasses(stack.clock, asked, 2 * minute)
    expect(data.certificates).toMatchObject({ totalCount: 24, complete: true })
  })

  it('causes an error about one place with retryAfterSeconds', async () => {
    await startAkamai(9)
    await stack.ask(query)
    const { data, errors } = await stack.ask(contract(8))
    expect(data).toEqual({ akamaiContract: { certificates: null } })
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_RATE_LIMITED', provider: 'AKAMAI', retryAfterSeconds: 61 } },
    ])
  })

  it('serves the stale reading with the error', async () => {
    await startAkamai(8, { ttl: '1s', staleWhileRevalidate: '0s' })
    await stack.ask(query)
    await passTime(stack, 2_000)
    const { data } = await stack.ask<Answer>(query)
    expect(data.certificates).toMatchObject({ totalCount: 16, complete: true, fresh: false })
    const [, contract] = data.certificates.sources
    expect(contract).toMatchObject({
      status: 'STALE',
      error: { code: 'UPSTREAM_RATE_LIMITED', httpStatus: null, retryAfterSeconds: 59 },
    })
  })

  it('applies to one account alone', async () => {
    await startAkamai(8, {}, 2)
    const { data } = await stack.ask<Answer>(query)
    expect(data.certificates).toMatchObject({ totalCount: 32, complete: true })
  })

  it('is configurable', async () => {
    const times = await startAkamai(12, { akamai: { budget: 3 } })
    await stack.ask(query)
    await passTime(stack, 250_000, 1_000)
    expect(mostWithin(times, 60_000)).toBe(3)
    expect(times).toHaveLength(12)
  })
})

describe('the rate limit of a place', () => {
  const bySource = async () => {
    const { data } = await stack.ask<Answer>(query)
    return data.certificates.sources
  }

  it('is that of the calls that read it: at Akamai for listings and for the discovery', async () => {
    await startAkamai(2)
    const [discovery, ...contracts] = await bySource()
    expect(discovery).toMatchObject({
      kind: 'DISCOVERY',
      place: { rateLimit: { limit: 20, remaining: 17, waiting: 0 } },
    })
    const resetAt = new Date(stack.clock.now() + 61_000).toISOString()
    for (const { place } of contracts) expect(place.rateLimit).toEqual({ limit: 8, remaining: 6, resetAt, waiting: 0 })
    await passTime(stack, 61_000)
    const [, later] = await bySource()
    expect(later?.place.rateLimit).toEqual({ limit: 8, remaining: 8, resetAt: null, waiting: 0 })
  })

  it('is null at OpenAI, which documents no limit', async () => {
    stack = await startStack({ configure: ({ openai }) => ({ openai }) })
    expect((await bySource()).map(({ place }) => place.rateLimit)).toEqual([null])
  })
})

describe('the accounts of LivePerson', () => {
  it('share one rate limit of ten calls per second', async () => {
    const times: number[] = []
    stack = await startStack({
      scale: { liveperson: { accounts: 35, certificatesPerAccount: 1 } },
      configure: ({ liveperson }) => ({ liveperson }),
    })
    const note = ({ path }: Call) => {
      if (path.startsWith('/mtls/')) times.push(stack.clock.now())
      return false
    }
    stack.liveperson.emulator.fault({ match: note, effect: 'reset' })
    const { data } = await whileTimePasses(stack.clock, stack.ask<Answer>(query))
    expect(data.certificates).toMatchObject({ totalCount: 35, complete: true })
    expect(data.certificates.sources[0]?.place.rateLimit).toMatchObject({ limit: 10 })
    expect(mostWithin(times, 1_000)).toBe(10)
    expect(refused()).toEqual([])
  })
})

describe('a 429 on the way to a list', () => {
  it.each(['/service/mtlsGateway/', '/service/sentinel/', '/app/token', '/mtls/'])(
    'pauses the calls, and fails at once for operations that cannot wait: %s',
    async (path) => {
      stack = await startStack({ configure: ({ liveperson }) => ({ liveperson }) })
      const headers = { 'retry-after': '40' }
      stack.liveperson.emulator.fault({
        match: (call) => call.path.includes(path),
        times: 1,
        effect: { status: 429, headers },
      })
      const { data } = await stack.ask<Answer>(query)
      const failed = data.certificates.sources.filter(({ status }) => status === 'FAILED')
      expect(failed.length).toBeGreaterThan(0)
      for (const { error } of failed) {
        expect(error).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429, retryAfterSeconds: 40 })
      }
      await passTime(stack, 39_999)
      expect(stack.callsTo(path).filter(({ status }) => status === 429)).toHaveLength(1)
      await passTime(stack, 1)
      expect((await stack.ask<Answer>(query)).data.certificates.complete).toBe(true)
    },
  )
})

describe('a vendor that answers 429 for ever, with short pauses', () => {
  it.each(['/v1/organization/certificates', '/cps/v2/active-certificates', '/mtls/', '/app/token'])(
    'is called as long as a reading may take, and then no more while there are no operations: %s',
    async (path) => {
      stack = await startStack({
        limits: false,
        configure: (file) => ({ ...file, upstream: { readingTimeout: '10s', deadline: '30s' } }),
      })
      const effect = { status: 429, headers: { 'retry-after': '1' } }
      for (const { emulator } of [stack.openai, stack.akamai, stack.liveperson])
        emulator.fault({ match: (call) => call.path.includes(path), effect })
      const calls = () => stack.callsTo(path).length
      await whileTimePasses(stack.clock, stack.ask<Answer>(query))
      await passTime(stack, 20_000, 250)
      const made = calls()
      expect(made).toBeGreaterThan(4)
      await passTime(stack, 120_000, 250)
      expect(calls()).toBe(made)
      const { data } = await whileTimePasses(stack.clock, stack.ask<Answer>(query))
      const failed = data.certificates.sources.filter(({ status }) => status === 'FAILED')
      expect(failed.length).toBeGreaterThan(0)
      for (const { error } of failed) expect(error).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429 })
    },
  )
})

describe('a reading that waited', () => {
  it('is as old as its successful call, not as the call that was answered 429', async () => {
    await startAkamai(1, { ttl: '1m', staleWhileRevalidate: '0s' })
    const headers = { 'retry-after': '3000' }
    stack.akamai.emulator.fault({
      match: ({ path }) => path.startsWith('/cps/'),
      times: 1,
      effect: { status: 429, headers },
    })
    await stack.ask(contract(0))
    await passTime(stack, 3_000_000)
    const { data } = await stack.ask('{ akamaiContract(id: "C-0S0") { source { status asOf } } }')
    const asOf = new Date(stack.clock.now()).toISOString()
    expect(data).toEqual({ akamaiContract: { source: { status: 'OK', asOf } } })
  })

  it('for the semaphore has its whole timeout left when it gets a permit', async () => {
    stack = await startStack({
      limits: false,
      scale: { openai: { projectsPerOrganization: 6, certificatesPerOrganization: 1 } },
      configure: ({ openai }) => ({ openai, upstream: { concurrency: 1, readingTimeout: '15s', deadline: '5m' } }),
    })
    stack.openai.emulator.fault({ match: ({ path }) => /projects\/.+\/certificates$/.test(path), effect: 'hang' })
    const places = `{ openAIOrganization(id: "org_scaled0") { projects { nodes { source { error { code message } } } } } }`
    const asked = stack.ask<{
      openAIOrganization: { projects: { nodes: { source: { error: { code: string; message: string } } }[] } }
    }>(places)
    const { data } = await whileTimePasses(stack.clock, asked, minute)
    const errors = data.openAIOrganization.projects.nodes.map(({ source }) => source.error)
    // Each call times out after its ten seconds; no reading timed out while it waited.
    for (const { message } of errors) expect(message).toMatch(/within 10000 ms|failed 5 times in a row/)
  })
})

describe('an account whose contracts take longer to read than their ttl', () => {
  it('becomes complete: a reading is fresh for one and a half times as long', async () => {
    const times = await startAkamai(50)
    for (let time = 0; time < 7; time += 1) {
      await stack.ask(query)
      await passTime(stack, 61_000)
    }
    expect((await stack.ask<Answer>(query)).data.certificates).toMatchObject({ totalCount: 100, complete: true })
    expect(times).toHaveLength(50)
    // Six windows after the first: 366 s. The first readings are fresh for 549 s.
    await passTime(stack, 549_000 - 427_000 - 1_000)
    await stack.ask(query)
    await passTime(stack, 100)
    expect(times).toHaveLength(50)
    await passTime(stack, 1_000)
    await stack.ask(query)
    await passTime(stack, 100)
    expect(times.length).toBeGreaterThan(50)
  })
})

describe('more readings than may wait', () => {
  it('fail at once and are not queued', async () => {
    await startAkamai(1_012)
    const { data } = await stack.ask<Answer>(query)
    const codes = data.certificates.sources.map(({ error }) => error?.code)
    expect(codes.filter((code) => code === 'UPSTREAM_RATE_LIMITED')).toHaveLength(1_004)
    // A thousand are queued, eight of them are made at once, and twelve find no room.
    expect(data.certificates.sources.at(-1)?.place.rateLimit).toMatchObject({ remaining: 0, waiting: 992 })
  })
})
