import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Stack, startStack } from '../stack.ts'

interface Answer {
  certificates: {
    totalCount: number
    complete: boolean
    sources: {
      status: string
      scope: { contractId?: string }
      error: { code: string; message: string; httpStatus: number | null; retryAfterSeconds: number | null } | null
    }[]
  }
}

const query = `{ certificates(filter: { providers: [AKAMAI, LIVEPERSON] }) { totalCount complete sources {
  status scope { ... on AkamaiContract { contractId } } error { code message httpStatus retryAfterSeconds }
} } }`

let stack: Stack
beforeEach(async () => {
  const akamai = { accounts: 1, contractsPerAccount: 11, enrollmentsPerContract: 3 }
  const liveperson = { accounts: 1, certificatesPerAccount: 5 }
  stack = await startStack({ scale: { akamai, liveperson } })
})
afterEach(() => stack.close())

const failed = ({ certificates }: Answer) => certificates.sources.filter(({ status }) => status === 'FAILED')

describe('the eleventh contract within a minute', () => {
  it('is refused by Akamai and says for how long, while the ten and the other vendors are there', async () => {
    const { data, errors } = await stack.ask<Answer>(query)
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 35, complete: false })
    expect(failed(data)).toMatchObject([
      { error: { code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429, retryAfterSeconds: 60 } },
    ])
  })

  it('is read a minute later, and the ten are not read again', async () => {
    await stack.ask(query)
    stack.clock.advance(60_000)
    const { data } = await stack.ask<Answer>(query)
    expect(data.certificates).toMatchObject({ totalCount: 38, complete: true })
    expect(stack.callsTo('/cps/')).toHaveLength(12)
  })

  it('is an error at its own certificates, with the seconds to wait', async () => {
    const { data } = await stack.ask<Answer>(query)
    const contractId = failed(data)[0]?.scope.contractId
    stack.clock.advance(15_000)
    const answer = await stack.ask<{ akamaiContract: object }>(
      `{ akamaiContract(id: "${contractId}") { contractId certificates { totalCount } } }`,
    )
    expect(answer.data.akamaiContract).toEqual({ contractId, certificates: null })
    expect(answer.errors).toMatchObject([
      {
        path: ['akamaiContract', 'certificates'],
        extensions: { code: 'UPSTREAM_RATE_LIMITED', provider: 'AKAMAI', httpStatus: 429, retryAfterSeconds: 45 },
      },
    ])
  })
})

describe('how long Akamai asks to wait', () => {
  const refuseWith = (headers: Record<string, string>, detail: string) =>
    stack.akamai.emulator.fault({
      match: ({ path }) => path.startsWith('/cps/'),
      times: 1,
      effect: { status: 429, headers, body: { type: '429 Too Many Requests', title: 'Too Many Requests', detail } },
    })

  it.each<[string, Record<string, string>, string, number | null]>([
    ['in words alone', {}, 'Your quota is used up. Retry after: 21 seconds.', 21],
    ['in a header, which wins', { 'retry-after': '7' }, 'Retry after: 21 seconds.', 7],
    ['as a date', { 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' }, 'Later.', 30],
    ['not at all', {}, 'The rate limit was exceeded using Account: A-1', null],
  ])('is understood when it is said %s', async (_, headers, detail, retryAfterSeconds) => {
    refuseWith(headers, detail)
    const { data } = await stack.ask<Answer>(query)
    const [{ error } = { error: null }] = failed(data)
    expect(error).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds })
    expect(error?.message).toContain(detail)
  })
})
