import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { getIntrospectionQuery } from 'graphql'
import { askAs, digestOf } from '../support/callers.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { lowestCost } from '../support/cpu-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

const limit = 5_000
const costIn = (headers: Headers) => Number(headers.get('x-certgraph-cost'))
const aliases = (count: number, of: (index: number) => string) =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${of(index)}`).join(' ')} }`

describe('the cost of queries over 75,000 certificates', () => {
  let stack: Stack
  const [small, large] = ['key-of-one-account', 'key-of-all-accounts']
  const ask = (query: string, key = large) => askAs(stack.url, key, query)
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      logLevel: 'warn',
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 1, projectsPerOrganization: 1 },
        akamai: { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 1 },
        liveperson: { accounts: 3, certificatesPerAccount: 25_000 },
      },
      configure: (file) => ({
        ...file,
        access: {
          apiKeys: [
            { name: 'small', sha256: digestOf(small), places: ['le7000000'] },
            { name: 'large', sha256: digestOf(large) },
          ],
        },
      }),
    })
    await ask('{ certificates(first: 1) { complete } }')
  }, 60_000)
  afterAll(() => stack.close())

  it('is within the limit for a search', async () => {
    const query =
      '{ certificates(first: 100, filter: { search: "connector-24999" }) { totalCount nodes { id name place { label } } } }'
    const { data, headers } = await ask(query)
    expect(data).toMatchObject({ certificates: { totalCount: 3 } })
    expect(costIn(headers)).toBe(10 + 750 + 200)
  })

  it('is over the limit for 20 searches in one query, which scans nothing', async () => {
    const run = async (digit: number) => {
      const { data, errors } = await ask(
        aliases(20, (index) => `certificates(filter: { nameContains: "${digit}${index}" }) { nodes { id } }`),
      )
      expect(data).toBeUndefined()
      expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY', limit, cost: 20 * (10 + 750 + 20) } }])
    }
    expect(await lowestCost(run, 0.5)).toBeLessThan(0.5)
  })

  it.each([
    aliases(10, () => 'certificateStatistics { total }'),
    `{ certificates(filter: { active: true }) { ${Array.from({ length: 10 }, (_, i) => `a${i}: totalCount`).join(' ')} } }`,
    '{ certificates(first: 100) { nodes { ... on LivePersonCertificate { account { certificates(first: 1, filter: { search: "a" }) { nodes { id } } } } } } }',
    '{ certificates(first: 1) { sources { place { ... on LivePersonAccount { certificates(first: 100) { totalCount nodes { id place { source { status } } } } } } } } }',
  ])('is over the limit for scans that repeat: %s', async (query) => {
    expect((await ask(query)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
  })

  it('does not depend on what the caller may not see', async () => {
    const queries = [
      '{ certificates(filter: { search: "a" }) { totalCount sources { status } } }',
      '{ certificateStatistics { total byPlace { count } duplicates { sha256Fingerprint } } }',
      '{ certificatePlaces(first: 1) { totalCount nodes { ... on LivePersonAccount { certificates(filter: { search: "a" }) { totalCount } } } } }',
    ]
    const costs = (key: string) => Promise.all(queries.map(async (query) => costIn((await ask(query, key)).headers)))
    const before = { small: await costs(small), large: await costs(large) }
    const [, hidden] = stack.liveperson.state.accounts
    hidden?.certificates.push(...hidden.certificates.map((row) => ({ ...row, id: `1${row.id}` })))
    stack.clock.advance(beyondEveryTtl)
    const { data } = await ask('{ certificates(maxStaleness: "PT0S") { totalCount complete } }')
    expect(data).toMatchObject({ certificates: { totalCount: 100_002, complete: true } })
    // 25,000 visible rows: a filter, the comparison of lists, and the count.
    expect(before.small[0]).toBe(10 + 3 * 250 + 1)
    expect(await costs(small)).toEqual(before.small)
    for (const [index, cost] of (await costs(large)).entries()) expect(cost).toBeGreaterThan(before.large[index] ?? 0)
  }, 60_000)
})

describe('the cost of queries over 2,000 places', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      logLevel: 'warn',
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 1, projectsPerOrganization: 1 },
        akamai: { accounts: 2, contractsPerAccount: 1_000, enrollmentsPerContract: 1 },
        liveperson: { accounts: 1, certificatesPerAccount: 1 },
      },
    })
  }, 60_000)
  afterAll(() => stack.close())

  it('is within the limit for a page of 100 with the places of its reports, cold and warm', async () => {
    const query =
      '{ certificates(first: 100) { totalCount complete nodes { id name place { label } } sources { status error { code message } place { label } } } }'
    const cold = await askAs(stack.url, null, query)
    expect(cold.errors).toBeUndefined()
    const warm = await askAs(stack.url, null, query)
    expect(warm.data).toMatchObject({ certificates: { complete: true, totalCount: 2_002 } })
    expect(costIn(warm.headers)).toBe(10 + 200 + 2 * 2_004)
  }, 60_000)

  it('is within the limit for introspection and the schema as text', async () => {
    expect((await askAs(stack.url, null, getIntrospectionQuery())).errors).toBeUndefined()
    expect((await askAs(stack.url, null, '{ _service { sdl } }')).errors).toBeUndefined()
  })

  it('is over the limit for a page of each place', async () => {
    const query =
      '{ certificates(first: 1) { sources { place { ... on AkamaiContract { certificates(first: 100) { nodes { id } } } } } } }'
    const { errors } = await askAs(stack.url, null, query)
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY', cost: expect.any(Number) } }])
  })
})
