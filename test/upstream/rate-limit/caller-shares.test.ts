import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Answer, askAs, digestOf } from '../../support/callers.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const callers = ['greedy', 'second', 'third']

let stack: Stack
beforeEach(async () => {
  stack = await startStack({
    scale: {
      akamai: { contractsPerAccount: 2, enrollmentsPerContract: 30 },
      liveperson: { accounts: 2, certificatesPerAccount: 30 },
    },
    configure: (file) => ({
      ...file,
      access: {
        apiKeys: callers.map((name) => ({
          name,
          sha256: digestOf(name),
          scopes: ['certificates:read', 'certificates:content'],
        })),
      },
      limits: { cost: 1_000_000 },
    }),
  })
})
afterEach(() => stack.close())

const ask = (caller: string, query: string) => whileTimePasses(stack.clock, askAs(stack.url, caller, query))

/** Searches for this many different texts. */
const searchesOf = (caller: string, count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `s${index}: akamaiAccountSwitchKeys(accountId: "scaled0", search: "${caller} ${index}") { accountName }`,
  ).join(' ')
const searches = () => stack.callsTo('/account-switch-keys').length
const fieldsWithValue = ({ data }: Answer) => Object.values(data ?? {}).filter((value) => value !== null).length

describe('a caller whose queries need a call each time', () => {
  it('gets a quarter of the limit, and an error with the used share and the time when it is free', async () => {
    const { data, errors = [] } = await ask('greedy', `{ ${searchesOf('greedy', 20)} }`)
    expect(searches()).toBe(8)
    expect(Object.values(data ?? {}).filter((value) => value === null)).toHaveLength(12)
    expect(errors).toHaveLength(12)
    for (const { message, extensions } of errors) {
      expect(message).toBe(
        'Akamai rate limit: this caller has used its share for fields that need a call in each query (PEM, X.509 details, account switch keys and single certificates), 8 of 35 calls per 60 s; the next call is free in 60 s',
      )
      expect(extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', provider: 'AKAMAI', retryAfterSeconds: 60 })
    }
    stack.clock.advance(59_000)
    await ask('greedy', `{ ${searchesOf('greedily', 3)} }`)
    stack.clock.advance(2_000)
    await ask('greedy', `{ ${searchesOf('more', 3)} }`)
    expect(searches()).toBeGreaterThan(8)
  })

  it('shares half of the limit with all other callers, over all such fields, and lists are read from the rest', async () => {
    await ask('greedy', `{ ${searchesOf('greedy', 20)} }`)
    const pem =
      '{ akamaiContract(id: "C-0S0") { certificates(first: 30) { nodes { ... on AkamaiCertificate { pem } } } } }'
    await ask('second', pem)
    expect(stack.callsTo('/deployments/')).toHaveLength(8)
    const third = await ask('third', `{ ${searchesOf('third', 5)} }`)
    expect(fieldsWithValue(third)).toBe(1)
    expect(third.errors?.[0]?.message).toContain(
      'all callers have used their share for fields that need a call in each query (PEM, X.509 details, account switch keys and single certificates), 17 of 35 calls per 60 s',
    )
    expect(searches() + stack.callsTo('/deployments/').length).toBe(17)

    const { data } = await ask('third', '{ certificates(first: 1, filter: { providers: [AKAMAI] }) { complete } }')
    expect(data).toEqual({ certificates: { complete: true } })
  })

  it('takes a quarter of the limit of LivePerson per second, and the lists of all accounts are read', async () => {
    const ids = stack.liveperson.state.accounts[0]?.certificates.slice(0, 9).map(({ id }) => id) ?? []
    const account = stack.liveperson.state.accounts[0]?.id
    const fields = ids.map(
      (id, index) => `c${index}: livePersonCertificate(accountId: "${account}", id: "${id}") { id }`,
    )
    const from = stack.clock.now()
    const answer = await ask('greedy', `{ ${fields.join(' ')} }`)
    expect(answer.errors).toBeUndefined()
    expect(fieldsWithValue(answer)).toBe(9)
    // Two calls a second: the last one waits for four seconds.
    expect(stack.clock.now() - from).toBeGreaterThanOrEqual(4_000)
    const { data } = await ask('second', '{ certificates(first: 1, filter: { providers: [LIVEPERSON] }) { complete } }')
    expect(data).toEqual({ certificates: { complete: true } })
  })

  it('gets the answer of an equal search without a call when its share is used up', async () => {
    await ask('second', `{ ${searchesOf('greedy', 1)} }`)
    await ask('greedy', `{ ${searchesOf('other', 20)} }`)
    const calls = searches()
    const { data, errors } = await ask('greedy', `{ ${searchesOf('greedy', 1)} }`)
    expect(errors).toBeUndefined()
    expect(data).toEqual({ s0: [] })
    expect(searches()).toBe(calls)
  })
})
