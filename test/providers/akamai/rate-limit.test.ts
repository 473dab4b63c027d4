import { afterEach, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { quiet } from '../../support/quiet.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    sources: {
      status: string
      place: { contractId?: string }
      error: { code: string; message: string; httpStatus: number | null; retryAfterSeconds: number | null } | null
    }[]
  }
}

const query = `{ certificates(filter: { providers: [AKAMAI, LIVEPERSON] }) { totalCount complete sources {
  status place { ... on AkamaiContract { contractId } } error { code message httpStatus retryAfterSeconds }
} } }`

let stack: Stack
afterEach(() => stack.close())

/** Starts with contracts of three certificates each, and five certificates of LivePerson. */
async function start(contractsPerAccount: number, upstream: object = {}): Promise<void> {
  const akamai = { accounts: 1, contractsPerAccount, enrollmentsPerContract: 3 }
  const liveperson = { accounts: 1, certificatesPerAccount: 5 }
  stack = await startStack({ scale: { akamai, liveperson }, configure: (file) => ({ ...file, upstream }) })
}

const read = async () => (await stack.ask<Answer>(query)).data.certificates
const failed = ({ sources }: Answer['certificates']) => sources.filter(({ status }) => status === 'FAILED')
const listings = () => stack.callsTo('/cps/').map(({ status }) => status)

describe('the ninth contract in a minute', () => {
  const limitReached = 'Akamai rate limit reached: 8 calls per 60 s for active certificates'

  it('is not read and has retryAfterSeconds in its source, while the other places are returned', async () => {
    await start(11)
    const { data, errors } = await stack.ask<Answer>(query)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 8 * 3 + 5, complete: false })
    expect(failed(data.certificates).map(({ error }) => error)).toEqual(
      Array(3).fill({ code: 'UPSTREAM_RATE_LIMITED', message: limitReached, httpStatus: null, retryAfterSeconds: 61 }),
    )
    expect(listings()).toEqual(Array(8).fill(200))
  })

  it('is read when the minute is over, without a query and without reading the eight again', async () => {
    await start(11)
    await read()
    stack.clock.advance(60_999)
    await quiet()
    expect(listings()).toHaveLength(8)
    stack.clock.advance(1)
    await until(() => listings().filter((status) => status === 200).length === 11)
    expect(await read()).toMatchObject({ totalCount: 11 * 3 + 5, complete: true })
    expect(listings()).toEqual(Array(11).fill(200))
  })

  it('is an error with retryAfterSeconds on its field certificates', async () => {
    await start(11)
    const contractId = failed(await read())[0]?.place.contractId
    stack.clock.advance(15_000)
    const answer = await stack.ask<{ akamaiContract: object }>(
      `{ akamaiContract(id: "${contractId}") { contractId certificates { totalCount } } }`,
    )
    expect(answer.data.akamaiContract).toEqual({ contractId, certificates: null })
    expect(answer.errors).toMatchObject([
      {
        message: limitReached,
        path: ['akamaiContract', 'certificates'],
        extensions: { code: 'UPSTREAM_RATE_LIMITED', provider: 'AKAMAI', retryAfterSeconds: 46 },
      },
    ])
    expect(answer.errors?.[0]?.extensions).not.toHaveProperty('httpStatus')
  })
})

describe('the delay that Akamai requests', () => {
  const rejectWith = (headers: Record<string, string>, detail: string) =>
    stack.akamai.emulator.fault({
      match: ({ path }) => path.startsWith('/cps/'),
      times: 1,
      effect: { status: 429, headers, body: { type: '429 Too Many Requests', title: 'Too Many Requests', detail } },
    })

  it.each<[string, Record<string, string>, string, number]>([
    ['from the detail', {}, 'Your quota is used up. Retry after: 21 seconds.', 21],
    ['from Retry-After rather than from the detail', { 'retry-after': '7' }, 'Retry after: 21 seconds.', 7],
    ['from a date in Retry-After', { 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' }, 'Later.', 30],
    [
      'from X-RateLimit-Next by the vendor’s clock',
      { 'x-ratelimit-next': '2030-01-01T00:05:40Z', date: 'Tue, 01 Jan 2030 00:05:00 GMT' },
      'Later.',
      40,
    ],
    [
      'as the period of the limit when the response has no delay',
      {},
      'The rate limit was exceeded using Account: A-1',
      61,
    ],
  ])('is read %s, and no call is made before it ends', async (_, headers, detail, seconds) => {
    await start(2, { deadline: '5s' })
    rejectWith(headers, detail)
    const certificates = await read()
    expect(certificates).toMatchObject({ totalCount: 3 + 5, complete: false })
    expect(failed(certificates).map(({ error }) => error)).toEqual([
      {
        code: 'UPSTREAM_RATE_LIMITED',
        message: expect.stringContaining(detail),
        httpStatus: 429,
        retryAfterSeconds: seconds,
      },
    ])
    stack.clock.advance(seconds * 1000 - 1)
    await quiet()
    expect(listings()).toHaveLength(2)
    stack.clock.advance(1)
    await until(() => listings().length === 3)
    expect(await read()).toMatchObject({ totalCount: 2 * 3 + 5, complete: true })
    expect(listings()).toHaveLength(3)
  })

  it('is awaited when it ends before the deadline of the operation', async () => {
    await start(2)
    rejectWith({ 'retry-after': '20' }, 'Later.')
    const startedAt = stack.clock.now()
    const certificates = await whileTimePasses(stack.clock, read(), 20_000)
    expect(certificates).toMatchObject({ totalCount: 2 * 3 + 5, complete: true })
    expect(stack.clock.now()).toBe(startedAt + 20_000)
    expect(listings().toSorted()).toEqual([200, 200, 429])
  })
})

describe('a page that needs more deployments than the limit allows', () => {
  const page = '{ akamaiContract(id: "C-0S0") { certificates(first: 40) { nodes { name subject } } } }'
  interface Page {
    akamaiContract: { certificates: { nodes: { name: string; subject: string | null }[] } }
  }

  it('has what its share allows; the rest is null with an error and is there when asked again', async () => {
    const akamai = { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 40 }
    stack = await startStack({ scale: { akamai } })
    const { data, errors } = await whileTimePasses(stack.clock, stack.ask<Page>(page))
    const missing = data.akamaiContract.certificates.nodes.filter(({ subject }) => subject === null)
    expect(missing).toHaveLength(40 - 17)
    expect(errors).toHaveLength(missing.length)
    for (const { path, extensions } of errors ?? []) {
      expect(path?.at(-1)).toBe('subject')
      expect(extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: expect.any(Number) })
    }
    stack.clock.advance(61_000)
    await whileTimePasses(stack.clock, stack.ask<Page>(page))
    stack.clock.advance(61_000)
    const again = await whileTimePasses(stack.clock, stack.ask<Page>(page))
    expect(again.errors).toBeUndefined()
    for (const { name, subject } of again.data.akamaiContract.certificates.nodes) expect(subject).toBe(`CN=${name}`)
    expect(stack.callsTo('/deployments/')).toHaveLength(40)
  })

  it('leaves the lists their calls', async () => {
    const akamai = { accounts: 1, contractsPerAccount: 2, enrollmentsPerContract: 40 }
    stack = await startStack({ scale: { akamai } })
    await whileTimePasses(stack.clock, stack.ask(page))
    const { data } = await stack.ask<{ akamaiContract: { source: { status: string } } }>(
      '{ akamaiContract(id: "C-0S1") { source { status } } }',
    )
    expect(data.akamaiContract.source.status).toBe('OK')
  })
})
