import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { post } from '../support/http-client.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

const many = <Item>(length: number, of: (index: number) => Item) => Array.from({ length }, (_, index) => of(index))
const byFilter = 'query ($f: CertificateFilter) { certificates(filter: $f) { totalCount } }'
const byIds = 'query ($f: [ID!]!) { nodes(ids: $f) { id } }'
const byProviders = 'query ($f: [CertificateProvider!]) { certificatePlaces(providers: $f) { totalCount } }'

interface Answer {
  readonly data?: unknown
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[]
}

async function answer(query: string, f: unknown): Promise<Answer> {
  const { body } = await post(stack.url.replace('/graphql', ''), { query, variables: { f } })
  expect(body.length).toBeLessThan(5_000)
  return JSON.parse(body)
}

describe('variables that are too large are rejected by their number, without a conversion:', () => {
  it.each([
    [
      'an object with 9,000 unknown fields',
      byFilter,
      Object.fromEntries(many(9_000, (index) => [`k${index}`, 1])),
      /^Variable "\$f": 9000 fields; CertificateFilter has \d+\.$/,
      { f: 9_000 },
    ],
    [
      'a list of 18,000 nulls',
      byIds,
      many(18_000, () => null),
      /^Variable "\$f": 18000 entries; the variables may have 5000 values\.$/,
      { f: 18_000, limit: 5_000 },
    ],
    [
      'a list of 18,000 unknown names of an enum',
      byProviders,
      many(18_000, () => 'A'),
      /^Variable "\$f": 18000 entries; the variables may have 5000 values\.$/,
      { f: 18_000, limit: 5_000 },
    ],
    [
      'lists in an object',
      byFilter,
      { placeIds: many(3_000, () => 'a'), providers: many(3_000, () => 'OPENAI') },
      /^Variable "\$f\.(placeIds|providers)": 3000 entries; the variables may have 5000 values\.$/,
      { limit: 5_000 },
    ],
  ])('%s', async (_what, query, f, message, measured) => {
    const started = performance.now()
    const { data, errors } = await answer(query, f)
    expect(performance.now() - started).toBeLessThan(500)
    expect(data).toBeUndefined()
    expect(errors).toEqual([
      {
        message: expect.stringMatching(message),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', ...measured }),
      },
    ])
  })
})

describe('invalid variables have five errors at most, each with its path and a short value:', () => {
  it.each([
    ['a list of nulls', byIds, many(4_000, () => null), 'f[0]'],
    ['long names of an enum', byProviders, many(90, () => 'A'.repeat(900)), 'f[0]'],
    ['objects where texts are expected', byIds, many(1_000, () => ({ a: { b: many(5, () => 'text') } })), 'f[0]'],
    ['fields of a wrong type', byFilter, { nameContains: { a: 'x'.repeat(80_000) } }, 'f.nameContains'],
  ])('%s', async (_what, query, f, path) => {
    const started = performance.now()
    const { errors } = await answer(query, f)
    expect(performance.now() - started).toBeLessThan(500)
    expect(errors.length).toBeLessThanOrEqual(6)
    expect(errors[0]?.message).toContain(`at "${path}"; `)
    for (const { message, extensions } of errors) {
      expect(message.length).toBeLessThan(500)
      expect(extensions['code']).toBe('BAD_USER_INPUT')
    }
    if (errors.length === 6) expect(errors[5]?.message).toBe('The variables have more errors than these 5.')
  })
})
