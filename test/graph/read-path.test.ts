import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Stack, startStack } from '../stack.ts'

describe('one query over three vendors', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('lists every certificate of every place, soonest expiry first and unknown expiry last', async () => {
    const { data, errors } = await stack.ask<{
      certificates: { nodes: { provider: string; expiresAt: string | null }[]; totalCount: number; complete: boolean }
    }>('{ certificates(first: 100) { nodes { provider expiresAt } totalCount complete } }')
    expect(errors).toBeUndefined()
    const { nodes, totalCount, complete } = data.certificates
    expect(complete).toBe(true)
    expect(nodes).toHaveLength(totalCount)
    expect(new Set(nodes.map(({ provider }) => provider))).toEqual(new Set(['OPENAI', 'AKAMAI', 'LIVEPERSON']))
    const dates = nodes.map(({ expiresAt }) => (expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)))
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
  })
})
