import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLError, GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLString } from 'graphql'
import { askAs, digestOf } from '../support/callers.ts'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { startStack } from '../support/stack.ts'

const many = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')

const fail = (message: string) => {
  throw new GraphQLError(message, { extensions: { code: 'NOT_CONFIGURED' } })
}
const Row = new GraphQLObjectType({
  name: 'Row',
  fields: {
    same: { type: GraphQLString, resolve: () => fail('same') },
    own: { type: GraphQLString, resolve: ({ number }) => fail(`own ${number}`) },
    bug: {
      type: GraphQLString,
      resolve: () => {
        throw new TypeError('bug')
      },
    },
    number: { type: GraphQLInt },
  },
})
const list = {
  type: new GraphQLList(Row),
  resolve: () => Array.from({ length: 100 }, (_, number) => ({ number })),
}

let server: RunningServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function answer(query: string) {
  server = await startServer({ list })
  const { status, body } = await post(server.url, { query })
  expect(status).toBe(200)
  return JSON.parse(body)
}

describe('an operation with more than 200 errors', () => {
  it('returns the first ones and the number of all, and null for every field that failed', async () => {
    const { data, errors } = await answer(`{ list { ${many(45, (index) => `a${index}: same`)} number } }`)
    expect(errors).toHaveLength(201)
    expect(errors.slice(0, 2)).toMatchObject([{ path: ['list', 0, 'a0'] }, { path: ['list', 0, 'a1'] }])
    expect(errors[200]).toEqual({
      message:
        '4300 more errors are left out, and the fields that they are about are null; select fewer rows or fields to get every error.',
      extensions: { code: 'TOO_MANY_ERRORS', errors: 4_500, limit: 200, requestId: expect.any(String) },
    })
    expect(data.list).toHaveLength(100)
    expect(data.list[99]).toMatchObject({ a0: null, a44: null, number: 99 })
  })

  it('returns the first error with each message', async () => {
    const { errors } = await answer(`{ list { ${many(4, (index) => `a${index}: same`)} own bug } }`)
    const messages = new Set(errors.map(({ message }: { message: string }) => message))
    // 100 of `own`, one of `same`, one that is masked, and the last one.
    expect(messages.size).toBe(103)
    expect(errors).toHaveLength(201)
  })

  it('returns all errors up to 200', async () => {
    const { errors } = await answer('{ list { a: same b: same } }')
    expect(errors).toHaveLength(200)
  })
})

const key = 'a'.repeat(40)

describe('the errors about a missing permission', () => {
  it('are limited in a page of certificates', async () => {
    const apiKeys = [{ name: 'reader', sha256: digestOf(key), scopes: ['certificates:read'] }]
    const stack = await startStack({ configure: (file) => ({ ...file, access: { apiKeys } }) })
    try {
      const query = `{ certificates(first: 100) { nodes { ${many(45, (index) => `a${index}: pem`)} } } }`
      const { data, errors } = await askAs(stack.url, key, query)
      expect(errors).toHaveLength(201)
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
      expect(JSON.stringify(data)).toMatch(/^\{"certificates":\{"nodes":\[(\{("a\d+":null,?)+\},?)+\]\}\}$/)
    } finally {
      await stack.close()
    }
  })
})
