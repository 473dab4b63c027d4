import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { RedisChangeLog } from '../../../src/upstream/redis/change-log.ts'
import { RedisConnection } from '../../../src/upstream/redis/connection.ts'
import { until } from '../../support/until.ts'

/** A Redis connection that answers a script when the test says so. */
function createSlowRedis() {
  const scripts: { readonly name: string | null; answer(value: unknown): void }[] = []
  const connection: RedisConnection = Object.assign(Object.create(RedisConnection.prototype), {
    addListener() {},
    isShared: async () => true,
    run: (_script: string, _keys: readonly string[], [name]: readonly string[] = []) =>
      new Promise((resolve) => scripts.push({ name: name ?? null, answer: resolve })),
  })
  return {
    changes: new RedisChangeLog(connection, (part) => part, 60_000),
    /** The id that a script writes, or null for a script that reads, as soon as the script is run. */
    async nameIn(index: number): Promise<string | null> {
      await until(() => scripts.length > index)
      return scripts[index]?.name ?? null
    },
    answer: (index: number, value: unknown) => scripts[index]?.answer(value),
    count: () => scripts.length,
  }
}

const isWritten = 'OK'
const isGone = undefined

describe('a change that is recorded while the previous one is being published', () => {
  it('stays the last one, and is published again when Redis is back', async () => {
    const { changes, nameIn, answer, count } = createSlowRedis()
    const first = changes.record()
    const firstName = await nameIn(0)
    const scripts = changes.latest()
    expect(await nameIn(1)).toBeNull()
    const second = changes.record()
    const secondName = await nameIn(2)
    expect(secondName).not.toBe(firstName)

    answer(0, isWritten)
    await first
    answer(1, firstName)
    expect(await scripts).toBe(secondName)
    answer(2, isGone)
    await second

    changes.onRestored()
    expect(await nameIn(3)).toBe(secondName)
    answer(3, isWritten)
    await nextTick()
    const after = changes.latest()
    expect(await nameIn(4)).toBeNull()
    answer(4, secondName)
    expect(await after).toBe(secondName)
    changes.onRestored()
    expect(await nameIn(5)).toBe(secondName)
    expect(count()).toBe(6)
  })

  it('is published with it: a later change of another replica is the last one', async () => {
    const { changes, nameIn, answer } = createSlowRedis()
    const both = [changes.record(), changes.record()]
    await nameIn(1)
    answer(0, isWritten)
    answer(1, isWritten)
    await Promise.all(both)
    const scripts = changes.latest()
    await nameIn(2)
    answer(2, 'of another replica')
    expect(await scripts).toBe('of another replica')
  })
})
