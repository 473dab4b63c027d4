import { describe, expect, it } from '@jest/globals'
import { execute, parse } from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { createOperation } from '../support/operation.ts'
import { createShortSlices } from '../support/short-slices.ts'

const ids = Array.from({ length: 50 }, (_, index) => toGlobalId('LivePersonAccount', String(index)))

describe('objects that are found by id', () => {
  it.each([
    ['nodes', '{ nodes(ids: $keys) { id } }', '[ID!]!', ids],
    [
      '_entities',
      '{ _entities(representations: $keys) { __typename } }',
      '[_Any!]!',
      ids.map((id) => ({ __typename: 'LivePersonAccount', id })),
    ],
  ])('are looked up and completed in slices: %s', async (field, selection, type, keys) => {
    const { timeSlice, count } = createShortSlices(async () => {
      await new Promise(setImmediate)
    })
    const { data } = await execute({
      schema: createBareSchema(),
      document: parse(`query ($keys: ${type}) ${selection}`),
      variableValues: { keys },
      contextValue: createOperation({ timeSlice }),
    })
    expect(data?.[field]).toEqual(ids.map(() => null))
    expect(count()).toBeGreaterThanOrEqual(2 * ids.length)
  })
})
