import { describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { Vendor } from '../../src/providers/provider.ts'
import { createNodeFinder } from '../../src/schema/find-node.ts'
import { createOperation } from '../support/operation.ts'

describe('createNodeFinder', () => {
  it('finds a repeated id once per operation', async () => {
    const found: string[] = []
    const lookups: Vendor['lookups'] = {
      Thing: {
        kind: 'other',
        find: async (_operation, { id }) => {
          found.push(id)
          return { id }
        },
      },
    }
    const nodes = createNodeFinder([{ lookups } as Vendor])
    const [a, b] = [toGlobalId('Thing', 'a'), toGlobalId('Thing', 'b')]
    const operation = createOperation()
    const results = await Promise.all([a, b, a, a, b].map((id) => nodes.find(operation, id, 'id')))
    expect(results).toEqual([a, b, a, a, b].map((id) => ({ id })))
    expect(found).toEqual([a, b])
    await nodes.find(createOperation(), a, 'id')
    expect(found).toEqual([a, b, a])
  })
})
