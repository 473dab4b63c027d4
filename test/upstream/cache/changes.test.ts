import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { RedisChangeLog } from '../../../src/upstream/redis/change-log.ts'
import { RedisConnection } from '../../../src/upstream/redis/connection.ts'
import { until } from '../../support/until.ts'

/** A Redis that is there, and answers a script when a test says so. */
function createSlowRedis() {
  const asked: { readonly name: string | null; answer(value: unknown): void }[] = []
  const connection: RedisConnection = Object.assign(Object.create(RedisConnection.prototype), {
    addListener() {},
    isShared: async () => true,
    run: (_script: string, _keys: readonly string[], [name]: readonly string[] = []) =>
      new Promise((resolve) => asked.push({ name: name ?? null, answer: resolve })),
  })
  return {
    changes: new RedisChangeLog(connection, (part) => part, 60_000),
    /** The name that a change was to be written under, or null for a script that reads; once it is asked for. */
    async nameIn(index: number): Promise<string | null> {
      await until(() => asked.length > index)
      return asked[index]?.name ?? null
    },
    answer: (index: number, value: unknown) => asked[index]?.answer(value),
    count: () => asked.length,
  }
}

const isWritten = 'OK'
const isGone = undefined

describe('a change that comes while the one before it is being told to the other replicas', () => {
  it('is not forgotten when that has been told: it is the last one, and is told again when Redis is back', async () => {
    const { changes, nameIn, answer, count } = createSlowRedis()
    const first = changes.record()
    const firstName = await nameIn(0)
    const asked = changes.latest()
    expect(await nameIn(1)).toBeNull()
    const second = changes.record()
    const secondName = await nameIn(2)
    expect(secondName).not.toBe(firstName)

    answer(0, isWritten)
    await first
    answer(1, firstName)
    expect(await asked).toBe(secondName)
    answer(2, isGone)
    await second

    changes.onRestored()
    expect(await nameIn(3)).toBe(secondName)
    answer(3, isWritten)
    await turn()
    const after = changes.latest()
    expect(await nameIn(4)).toBeNull()
    answer(4, secondName)
    expect(await after).toBe(secondName)
    changes.onRestored()
    expect(await nameIn(5)).toBe(secondName)
    expect(count()).toBe(6)
  })

  it('is told with the one before it: what another replica changes then is the last one', async () => {
    const { changes, nameIn, answer } = createSlowRedis()
    const both = [changes.record(), changes.record()]
    await nameIn(1)
    answer(0, isWritten)
    answer(1, isWritten)
    await Promise.all(both)
    const asked = changes.latest()
    await nameIn(2)
    answer(2, 'of another replica')
    expect(await asked).toBe('of another replica')
  })
})
