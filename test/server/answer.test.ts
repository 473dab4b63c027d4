import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { GraphQLError, GraphQLList, GraphQLObjectType, GraphQLString } from 'graphql'
import { defaultLimits } from '../../src/limits.ts'
import { printAnswer, printMutationAnswer } from '../../src/server/answer.ts'
import { endlessTimeSlice, type TimeSlice } from '../../src/time-slice.ts'
import { post } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { createShortSlices } from '../support/short-slices.ts'
import { type Stack, startStack } from '../support/stack.ts'

const limit = 1_000_000

/** The text of an answer as Yoga sends it. */
async function textOf(data: Record<string, unknown>, rest: object = {}, slice = endlessTimeSlice): Promise<string> {
  const result = await printAnswer({ data, ...rest }, limit, slice)
  return result.stringify ? result.stringify(result) : JSON.stringify(result)
}

const many = <Item>(count: number, of: (index: number) => Item) => Array.from({ length: count }, (_, i) => of(i))

describe('printAnswer', () => {
  const rows = many(2_000, (index) => ({
    id: `id ${index}`,
    at: new Date(index),
    count: index,
    none: null,
    tags: ['a', `"${index}"`],
  }))

  it.each([
    ['many rows', { rows }],
    ['a long text', { text: 'a"b\n'.repeat(50_000) }],
    ['a long text of surrogate pairs', { text: `a${'😀'.repeat(70_000)}` }],
    ['half a surrogate pair', { text: `${'a'.repeat(100_000)}\ud83d` }],
    ['members that are not defined', { rows, gone: undefined, list: [undefined, ...rows] }],
    ['a field that is called toJSON', { toJSON: 'a', rows }],
    ['lists of lists', { rows: many(50, () => many(50, () => many(20, (index) => index))) }],
    ['empty lists and objects', { rows, none: [], nothing: {} }],
    ['no rows', { rows: [] }],
  ])('gives the same data as JSON.stringify for %s', async (_what, data) => {
    const rest = { errors: [new GraphQLError('a')], extensions: { cost: 1 } }
    expect(JSON.parse(await textOf(data, rest))).toEqual(JSON.parse(JSON.stringify({ data, ...rest })))
    expect(JSON.parse(await textOf(data))).toEqual(JSON.parse(JSON.stringify({ data })))
  })

  it('has its members in the order of the result', async () => {
    const result = await printAnswer({ errors: [new GraphQLError('a')], data: { rows } }, limit, endlessTimeSlice)
    expect(result.stringify?.(result)).toMatch(/^\{"errors":\[\{"message":"a"\}\],"data":\{"rows":\[/)
  })

  it('stops at the limit, and converts nothing that follows', async () => {
    let converted = 0
    const counted = { toJSON: () => `${'x'.repeat(1_000)}${++converted}` }
    const result = await printAnswer({ data: { rows: many(100_000, () => counted) } }, limit, endlessTimeSlice)
    expect(result).toMatchObject({ data: null, errors: [{ extensions: { code: 'QUERY_TOO_LARGE', limit } }] })
    expect(converted).toBeLessThan(1_100)
    const text = await printAnswer({ data: { text: '\u0000'.repeat(10_000_000) } }, limit, endlessTimeSlice)
    expect(text).toMatchObject({ data: null })
  })

  it('counts the errors', async () => {
    const errors = many(2_000, () => new GraphQLError('x'.repeat(1_000)))
    expect(await printAnswer({ data: { a: 1 }, errors }, limit, endlessTimeSlice)).toMatchObject({ data: null })
    expect(await printAnswer({ data: { a: 1 }, errors: errors.slice(0, 500) }, limit, endlessTimeSlice)).toMatchObject({
      errors: { length: 500 },
    })
  })

  it('counts the names of fields', async () => {
    const wide = Object.fromEntries(many(40, (index) => [`${'x'.repeat(240)}${index}`, 1]))
    expect((await printAnswer({ data: { rows: many(200, () => wide) } }, limit, endlessTimeSlice)).data).toBeNull()
    const small = await printAnswer({ data: { rows: many(1, () => wide) } }, 5_000, endlessTimeSlice)
    expect(small.data).toBeNull()
  })

  it('counts bytes, not characters', async () => {
    const result = await printAnswer({ data: { rows: many(1_000, () => 'é'.repeat(600)) } }, limit, endlessTimeSlice)
    expect(result.data).toBeNull()
  })

  it.each([
    ['many rows', { rows: many(5, () => rows).flat() }],
    ['lists of lists', { rows: many(50, () => many(50, () => many(100, (index) => index))) }],
    ['a long text', { text: 'x'.repeat(900_000) }],
  ])('can give way to other work after each 64 kB of %s', async (_what, data) => {
    const { timeSlice, count } = createShortSlices(() => setImmediate())
    const { length } = await textOf(data, {}, timeSlice)
    expect(count()).toBeGreaterThanOrEqual(Math.floor(length / 65_536))
  })

  it('fails when the operation has ended, except for a mutation', async () => {
    const ended: TimeSlice = {
      begin: async () => {},
      isOver: () => true,
      next: () => Promise.reject(new DOMException('The deadline of the operation passed.', 'TimeoutError')),
    }
    await expect(printAnswer({ data: { rows } }, limit, ended)).rejects.toThrow('deadline')
    const result = await printMutationAnswer({ data: { rows: many(20, () => rows).flat() } }, ended)
    const text = result.stringify?.(result) ?? ''
    expect(text.length).toBeGreaterThan(limit)
    expect(JSON.parse(text).data.rows).toHaveLength(20 * rows.length)
  })
})

describe('an answer over `limits.answer`', () => {
  let server: RunningServer | undefined
  let stack: Stack | undefined
  afterEach(async () => {
    await server?.close()
    await stack?.close()
    server = undefined
    stack = undefined
  })

  const Row = new GraphQLObjectType({ name: 'Row', fields: { text: { type: GraphQLString } } })
  const list = { type: new GraphQLList(Row), resolve: () => many(1_000, () => ({ text: 'x'.repeat(90) })) }

  it('is replaced by an error with status 200, for every media type', async () => {
    server = await startServer({ list }, { limits: { ...defaultLimits, answer: 100_000 } })
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
      const { status, body } = await post(server.url, { query: '{ hello list { text } }' }, { accept })
      expect(status).toBe(200)
      expect(JSON.parse(body)).toEqual({
        data: null,
        errors: [
          {
            message: 'The answer is larger than 100000 bytes, the limit; select less, or fewer rows per page.',
            extensions: { code: 'QUERY_TOO_LARGE', limit: 100_000, requestId: expect.any(String) },
          },
        ],
      })
    }
    const events = await post(server.url, { query: '{ list { text } }' }, { accept: 'text/event-stream' })
    expect(events.body).toContain('QUERY_TOO_LARGE')
    expect(events.body.length).toBeLessThan(1_000)
    expect(server.log).toContainEqual(expect.objectContaining({ msg: 'operation', codes: ['QUERY_TOO_LARGE'] }))
  })

  it('is refused also when the names make it too large', async () => {
    server = await startServer({ list }, { limits: { ...defaultLimits, answer: 1_000_000 } })
    const aliases = many(48, (index) => `${'x'.repeat(250)}${index}: text`).join(' ')
    const { body } = await post(server.url, { query: `{ list { ${aliases} } }` })
    expect(JSON.parse(body)).toMatchObject({ data: null, errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] })
  })

  it('is sent unchanged below the limit', async () => {
    server = await startServer({ list }, { limits: { ...defaultLimits, answer: 200_000 } })
    const { body } = await post(server.url, { query: '{ hello list { text } }' })
    expect(JSON.parse(body)).toEqual({ data: { hello: 'world', list: list.resolve() } })
  })

  const certificates = (first: number) =>
    `certificates(first: ${first}) { nodes { id name place { id name label } organization { id name label } } }`
  const mutation = (below: string) => `mutation { renameOpenAICertificate(input: {
    organizationId: "org_bluequay", certificateId: "cert_987acdc4f04931c472", name: "renamed" }) {
      __typename ... on RenameOpenAICertificateSuccess { certificate { id ${below} } }
      ... on CertificateMutationError { code message } } }`

  it('does not occur for a mutation: one whose answer may be too large is refused before it is executed', async () => {
    stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled', limits: { answer: '50kB' } }) })
    const calls = stack.callsTo('').length
    expect(await stack.ask(mutation(`organization { ${certificates(100)} }`))).toMatchObject({
      data: null,
      errors: [
        { message: expect.stringContaining('not executed'), extensions: { code: 'QUERY_TOO_LARGE', limit: 50_000 } },
      ],
    })
    expect(stack.callsTo('')).toHaveLength(calls)
    const aliases = many(45, (index) => `${'x'.repeat(250)}${index}: name`).join(' ')
    expect(await stack.ask(mutation(`organization { certificates(first: 2) { nodes { ${aliases} } } }`))).toMatchObject(
      {
        errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }],
      },
    )
    expect(stack.callsTo('')).toHaveLength(calls)
    const { data, errors } = await stack.ask<Record<string, object>>(mutation('name'))
    expect(errors).toBeUndefined()
    expect(data['renameOpenAICertificate']).toMatchObject({ __typename: 'RenameOpenAICertificateSuccess' })
  })

  it('does not occur for a mutation that was executed and has an answer larger than expected', async () => {
    server = await startServer({}, { limits: { ...defaultLimits, answer: 5 } })
    expect(JSON.parse((await post(server.url, { query: 'mutation { change }' })).body)).toEqual({
      data: { change: 'changed' },
    })
    expect(JSON.parse((await post(server.url, { query: '{ hello }' })).body)).toMatchObject({ data: null })
  })
})
