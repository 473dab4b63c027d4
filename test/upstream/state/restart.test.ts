import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { passTime } from '../../support/passing-time.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'

const minute = 60_000
const hour = 60 * minute

/** Longer than a reading is served while another one is made, and shorter than it is served when a vendor fails. */
const overdue = 2 * hour

const query = `{
  certificates(first: 100, filter: { includeDeleted: true }) {
    nodes { id name expiresAt asOf stale }
    totalCount complete fresh
    sources { place { id } kind status asOf certificateCount error { code message } }
  }
}`

interface Answer {
  readonly certificates: {
    readonly nodes: readonly { readonly id: string; readonly asOf: string; readonly stale: boolean }[]
    readonly totalCount: number
    readonly complete: boolean
    readonly fresh: boolean
    readonly sources: readonly {
      readonly kind: string
      readonly status: string
      readonly error: { readonly code: string; readonly message: string } | null
    }[]
  }
}

let stack: RestartingStack

beforeEach(async () => {
  stack = await startRestartingStack()
})
afterEach(() => stack.close())

const list = async (program: { ask<Data>(text: string): Promise<{ readonly data: Data }> }) => {
  const { data } = await program.ask<Answer>(query)
  return data.certificates
}
const statuses = ({ sources }: Answer['certificates']) => [...new Set(sources.map(({ status }) => status))]

describe('A restart', () => {
  it('loses no row while a vendor is down', async () => {
    const before = await list(await stack.start())
    expect(before).toMatchObject({ complete: true, fresh: true })
    await stack.stop()
    stack.clock.advance(minute)
    stack.fail({ status: 503 }, [stack.akamai.emulator])
    const after = await list(await stack.start())
    expect(after.totalCount).toBe(before.totalCount)
    expect(after.nodes.map(({ id }) => id)).toEqual(before.nodes.map(({ id }) => id))
  })

  it.each([
    ['answers 503', { status: 503 }],
    ['hangs', 'hang'],
    ['resets connections', 'reset'],
  ] as const)('serves old readings at once while every vendor %s', async (_what, effect) => {
    const before = await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    stack.fail(effect)
    const program = await stack.start()
    // The clock does not move: an operation that waits for a vendor that hangs would not end.
    const after = await list(program)
    expect(after.nodes.map(({ id, asOf }) => ({ id, asOf }))).toEqual(
      before.nodes.map(({ id, asOf }) => ({ id, asOf })),
    )
    expect(after).toMatchObject({ complete: true, fresh: false })
    expect(statuses(after)).toEqual(['STALE'])
    expect(new Set(after.sources.map(({ error }) => error?.message))).toEqual(
      new Set(['the last reading is from before the start of certgraph; a new one is being made']),
    )
  })

  it('serves old readings at once and refreshes them in the background', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    const program = await stack.start()
    expect(statuses(await list(program))).toEqual(['STALE'])
    await passTime(stack, 1_000)
    expect(await list(program)).toMatchObject({ complete: true, fresh: true })
  })

  it('serves readings within their ttl without a call', async () => {
    const before = await list(await stack.start())
    await stack.stop()
    stack.clock.advance(1_000)
    const calls = stack.calls().length
    expect(await list(await stack.start())).toEqual(before)
    expect(stack.calls()).toHaveLength(calls)
  })
})
