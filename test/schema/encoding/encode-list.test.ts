import { describe, expect, it } from '@jest/globals'
import { type DocumentNode, execute, parse } from 'graphql'
import { EncodedLists } from '../../../src/encoded-lists.ts'
import type { Operation } from '../../../src/operation.ts'
import { createBuilder } from '../../../src/schema/builder.ts'
import { completeListsInSlices } from '../../../src/schema/object-lists.ts'
import { createOperation } from '../../support/operation.ts'
import { createShortSlices } from '../../support/short-slices.ts'

interface Shape {
  readonly __typename: 'Square' | 'Circle'
  readonly id: string
  readonly size?: number
  readonly inner?: Shape | null
  readonly parts?: readonly Shape[]
  readonly fails?: boolean
}

/** How often each field was resolved. */
let resolved: Record<string, number> = {}
const count = (name: string) => {
  resolved[name] = (resolved[name] ?? 0) + 1
}

/** What the shade of a shape depends on. */
const light = {
  colours: [{ colour: 'red' }, { colour: 'green' }],
  at: 0,
  current: () => light.colours[light.at] ?? null,
}

function createTestSchema(items: () => readonly unknown[]) {
  const builder = createBuilder()
  const Shape = builder.interfaceRef<Shape>('Shape')
  Shape.implement({
    fields: (t) => ({
      id: t.exposeID('id', {}),
      label: t.string({
        constant: true,
        resolve: ({ id }) => {
          count('label')
          return `shape ${id}`
        },
      }),
      size: t.int({
        nullable: true,
        constant: ({ size }) => size !== undefined,
        resolve: ({ size }) => size ?? Promise.resolve(7),
      }),
      now: t.float({ resolve: (_shape, _args, { now }) => now }),
      decade: t.int({
        changesAt: (_shape, now) => [10 * Math.floor(now / 10), 10 * Math.ceil(now / 10)],
        resolve: (_shape, _args, { now }) => {
          count('decade')
          return Math.floor(now / 10)
        },
      }),
      shade: t.string({
        dependsOn: () => light,
        resolve: () => {
          count('shade')
          return light.current()?.colour ?? 'none'
        },
      }),
      risky: t.string({
        nullable: true,
        resolve: ({ fails }) => {
          if (fails) throw new Error('risky failed')
          return 'well'
        },
      }),
      strict: t.string({
        resolve: async ({ fails }) => {
          if (fails) throw new Error('strict failed')
          return 'well'
        },
      }),
      secret: t.string({
        nullable: true,
        constant: true,
        authScopes: { 'certificates:content': true },
        resolve: () => 'secret',
      }),
      inner: t.field({ type: Shape, nullable: true, constant: true, resolve: ({ inner }) => inner ?? null }),
      parts: t.field({ type: [Shape], constant: true, resolve: ({ parts = [] }) => parts }),
      other: t.field({ type: Shape, nullable: true, resolve: ({ inner }) => inner ?? null }),
    }),
  })
  builder.objectType(builder.objectRef<Shape>('Square'), { name: 'Square', interfaces: [Shape] })
  builder.objectType(builder.objectRef<Shape>('Circle'), {
    name: 'Circle',
    interfaces: [Shape],
    fields: (t) => ({ radius: t.int({ constant: true, resolve: ({ size = 0 }) => size / 2 }) }),
  })
  builder.queryFields((t) => ({
    shapes: t.field({ type: [Shape], nullable: true, resolve: () => items() as Shape[] }),
    looked: t.field({
      type: [Shape],
      nullable: { list: true, items: true },
      resolve: () => items().map(async (item) => item as Shape),
    }),
  }))
  builder.mutationFields((t) => ({ nothing: t.string({ resolve: () => '' }) }))
  builder.subscriptionFields((t) => ({ nothing: t.string({ subscribe: async function* () {}, resolve: () => '' }) }))
  const schema = builder.toSchema({ sortSchema: false })
  completeListsInSlices(schema)
  return schema
}

const shapes: readonly Shape[] = [
  { __typename: 'Square', id: 'a', size: 1 },
  { __typename: 'Circle', id: 'b "quoted"', size: 4, inner: { __typename: 'Square', id: 'c' } },
  { __typename: 'Square', id: 'd', inner: { __typename: 'Circle', id: 'e', size: 2 } },
  {
    __typename: 'Square',
    id: 'f',
    parts: [
      { __typename: 'Circle', id: 'g', size: 6, parts: [{ __typename: 'Square', id: 'h', fails: true }] },
      { __typename: 'Square', id: 'i' },
    ],
  },
]
let items: () => readonly unknown[] = () => shapes
const schema = createTestSchema(() => items())

async function run(document: DocumentNode, variableValues: object, operation: Partial<Operation>) {
  const contextValue = createOperation(operation)
  const result = await execute({ schema, document, contextValue, variableValues: { ...variableValues } })
  const { data, errors = [] } = operation.encodedLists?.insertInto(result) ?? result
  return {
    text: JSON.stringify(data),
    errors: errors.map(({ message, path, locations }) => JSON.stringify({ message, path, locations })).sort(),
  }
}

/**
 * Runs a query with and without encoding, and compares the answers. It is run again with encoding, for which texts are kept.
 * Returns the first encoded answer, and how many lists were encoded in it.
 */
async function compare(
  query: string,
  { variables = {}, ...operation }: Partial<Operation> & { variables?: object } = {},
) {
  const document = parse(query)
  const completed = await run(document, variables, operation)
  const encodedLists = new EncodedLists()
  let encoded = 0
  const add = encodedLists.add.bind(encodedLists)
  encodedLists.add = (...list) => {
    encoded += 1
    add(...list)
  }
  const answer = await run(document, variables, { ...operation, encodedLists })
  expect(answer).toEqual(completed)
  for (const _time of [2, 3])
    expect(await run(document, variables, { ...operation, encodedLists: new EncodedLists() })).toEqual(completed)
  return { ...answer, encoded }
}

describe('a list of objects', () => {
  it.each([
    '{ shapes { id } }',
    '{ shapes { __typename kind: __typename id name: label size } }',
    '{ shapes { id inner { __typename id label inner { id } } } }',
    '{ shapes { ...A ...B } } fragment A on Shape { id inner { id } } fragment B on Shape { inner { label } ... on Circle { radius } }',
    '{ shapes { id parts { __typename id label now risky ... on Circle { radius } } } }',
    '{ shapes { parts { parts { id risky } } } }',
    '{ shapes { inner { parts { id } } parts { id inner { id } } } }',
    '{ shapes { now id risky strict } }',
    '{ looked { id strict } }',
    '{ a: shapes { id } b: shapes { label id } shapes { size } }',
    '{ shapes { id } ... on Query { shapes { label } } }',
  ])('is the same text as that of the executor: %s', async (query) => {
    expect((await compare(query)).encoded).toBeGreaterThan(0)
  })

  it.each([
    ['with a field that is an object of one operation', '{ shapes { id other { id } } }'],
    ['without a constant field', '{ shapes { now } }'],
  ])('is completed by the executor %s', async (_, query) => {
    expect((await compare(query)).encoded).toBe(0)
  })

  it('reads a constant field once per object, and any other one for each operation', async () => {
    const document = parse('{ shapes { label now } }')
    resolved = {}
    const texts: string[] = []
    for (const now of [1, 2, 3]) texts.push((await run(document, {}, { now, encodedLists: new EncodedLists() })).text)
    expect(resolved).toEqual({ label: shapes.length })
    expect(texts.map((text) => JSON.parse(text).shapes[0])).toEqual([1, 2, 3].map((now) => ({ label: 'shape a', now })))
  })

  it('reads a field that changes with the time once between two changes', async () => {
    const document = parse('{ shapes { id decade } }')
    resolved = {}
    for (const now of [12, 15, 19, 11, 20, 20, 21, 29, 5]) {
      const { text } = await run(document, {}, { now, encodedLists: new EncodedLists() })
      expect(JSON.parse(text).shapes[1]).toMatchObject({ decade: Math.floor(now / 10) })
    }
    // At a change itself, the text is not kept.
    expect(resolved['decade']).toBe(5 * shapes.length)
  })

  it('reads a field that depends on something else once while that is the same', async () => {
    const document = parse('{ shapes { id shade } }')
    resolved = {}
    const shades: string[] = []
    for (light.at of [0, 0, 1, 1, 2, 2, 0]) {
      const { text } = await run(document, {}, { encodedLists: new EncodedLists() })
      shades.push(JSON.parse(text).shapes[1].shade)
    }
    expect(shades).toEqual(['red', 'red', 'green', 'green', 'none', 'none', 'red'])
    // While it is not known, the field is read for each operation.
    expect(resolved['shade']).toBe(5 * shapes.length)
  })

  it('reads a field that changes with the time for each operation beside one that always changes', async () => {
    const document = parse('{ shapes { id decade now } }')
    resolved = {}
    for (const now of [12, 13]) await run(document, {}, { now, encodedLists: new EncodedLists() })
    expect(resolved['decade']).toBe(2 * shapes.length)
  })

  it('reads the fields of each operation anew when variables decide which are selected', async () => {
    const query = 'query ($all: Boolean!) { shapes { id label @include(if: $all) } }'
    const document = parse(query)
    for (const all of [true, false, true]) {
      const encoded = await run(document, { all }, { encodedLists: new EncodedLists() })
      expect(encoded).toEqual(await run(document, { all }, {}))
    }
  })

  it('gives a field that needs a permission only to callers who have it', async () => {
    const document = parse('{ shapes { id secret } }')
    const callerWith = (
      ...permissions: Operation['caller']['permissions'] extends ReadonlySet<infer P> ? P[] : never
    ) => ({
      caller: { name: 'test', permissions: new Set(permissions), places: null, isIdentified: true },
    })
    const allowed = callerWith('certificates:read', 'certificates:content')
    const other = callerWith('certificates:read')
    for (const operation of [allowed, other, allowed]) {
      const encoded = await run(document, {}, { ...operation, encodedLists: new EncodedLists() })
      expect(encoded).toEqual(await run(document, {}, operation))
      expect(encoded.text.includes('"secret":"secret"')).toBe(operation === allowed)
    }
  })
})

describe('an error in a list', () => {
  const failing = [{ ...shapes[0], fails: true }, shapes[1], { ...shapes[2], fails: true }]

  it.each([
    ['makes a nullable field null', '{ shapes { id risky } }', 1],
    ['makes an object null when the field cannot be', '{ looked { id strict } }', 1],
    ['makes the list null when the object cannot be', '{ shapes { id strict } }', 0],
  ])('%s, at the same path', async (_, query, encoded) => {
    items = () => failing
    const answer = await compare(query)
    expect(answer.encoded).toBe(encoded)
    expect(answer.errors.length).toBeGreaterThan(0)
    items = () => shapes
  })

  it.each([
    ['of a lookup', () => [shapes[0], Promise.reject(new Error('not found')), shapes[2]]],
    ['of a missing object', () => [shapes[0], null, shapes[2]]],
  ])('%s is at the position of its object', async (_, found) => {
    items = found
    const { encoded, text } = await compare('{ looked { id label } }')
    expect(encoded).toBe(1)
    expect(JSON.parse(text).looked[1]).toBeNull()
    items = () => shapes
  })

  it.each([
    ['null', () => [shapes[0], null]],
    ['an error', () => [shapes[0], new Error('no shape')]],
    ['of an unknown type', () => [{ ...shapes[0], __typename: 'Cube' }]],
  ])('is that of the executor for an object that is %s', async (_, found) => {
    items = found
    expect((await compare('{ shapes { id } }')).errors).toHaveLength(1)
    items = () => shapes
  })
})

describe('a long list', () => {
  it('is encoded in slices', async () => {
    items = () => Array.from({ length: 1_000 }, (_, index) => ({ ...shapes[0], id: String(index) }))
    const { timeSlice, count } = createShortSlices()
    await run(parse('{ shapes { id now } }'), {}, { timeSlice, encodedLists: new EncodedLists() })
    expect(count()).toBe(2 * Math.ceil(1_000 / 32))
    items = () => shapes
  })
})
