import { describe, expect, it } from '@jest/globals'
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql'
import { completeListsInSlices } from '../../src/schema/object-lists.ts'
import { createOperation } from '../support/operation.ts'
import { createShortSlices } from '../support/short-slices.ts'

const document = parse('{ items { number names } }')

function createSchema(): GraphQLSchema {
  const schema = buildSchema('type Query { items: [Item] } type Item { number: Int! names: [String!]! }')
  completeListsInSlices(schema)
  return schema
}

/** Completes a list; every look finds the slice over. */
async function complete(items: unknown, next = async () => {}) {
  const { timeSlice, count } = createShortSlices(next)
  const operation = createOperation({ timeSlice })
  const { data, errors = [] } = await execute({
    schema: createSchema(),
    document,
    rootValue: { items },
    contextValue: operation,
  })
  const plain: unknown = JSON.parse(JSON.stringify(data))
  return { data: plain, errors: errors.map(({ message, path }) => ({ message, path })), slices: count() }
}

const itemOf = (number: number) => ({ number, names: ['a', 'b'] })
const long = Array.from({ length: 100 }, (_, index) => itemOf(index))

describe('a long list', () => {
  it.each([
    ['an array', () => long],
    ['a promise', async () => long],
    ['promises of its items', () => long.map(async (item) => item)],
  ])('of %s gives way before each item, and is the same', async (_, items) => {
    expect(await complete(items)).toEqual({ data: { items: long }, errors: [], slices: 100 })
  })

  it('is completed at once when it is short', async () => {
    expect(await complete(long.slice(0, 9))).toEqual({ data: { items: long.slice(0, 9) }, errors: [], slices: 0 })
  })

  it('has the error of an item at its position, also of a lookup that fails before it is completed', async () => {
    const later = async () => {
      await new Promise(setImmediate)
    }
    const items = long.map(async (item, index) => {
      if (index === 50) throw new Error('no item')
      return index === 70 ? { ...item, number: null } : item
    })
    const { data, errors } = await complete(items, later)
    expect(data).toEqual({ items: long.map((item, index) => (index === 50 || index === 70 ? null : item)) })
    expect(errors).toEqual([
      { message: 'no item', path: ['items', 50] },
      { message: 'Cannot return null for non-nullable field Item.number.', path: ['items', 70, 'number'] },
    ])
  })
})
