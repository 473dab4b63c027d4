import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../../src/upstream/clock.ts'
import { RedisChangeLog } from '../../../src/upstream/redis/change-log.ts'
import { RedisConnection } from '../../../src/upstream/redis/connection.ts'
import { InvalidValues } from '../../../src/upstream/redis/invalid-values.ts'
import { Keyring } from '../../../src/upstream/redis/keys.ts'
import { createTestLog } from '../../support/test-log.ts'
import { until } from '../../support/until.ts'

const { log } = createTestLog()
const keys = new Keyring(systemClock, new InvalidValues(systemClock, log)).keysOf({ parts: ['a test'], secret: 'hush' })
/** The text of a change by another replica. */
const signed = (id: string) => {
  const asOf = systemClock.now() + 100
  return keys.values.signAsOf(keys.ofValue('change'), { asOf, expiresAt: asOf + 60_000, body: id })
}

/** A Redis connection that answers a script when the test says so. */
function createSlowRedis() {
  const scripts: { readonly text: string | null; answer(value: unknown): void }[] = []
  const connection: RedisConnection = Object.assign(Object.create(RedisConnection.prototype), {
    addListener() {},
    isShared: async () => true,
    run: (_script: string, _keys: readonly string[], [, text]: readonly string[] = []) =>
      new Promise((resolve) => scripts.push({ text: text ?? null, answer: resolve })),
  })
  return {
    changes: new RedisChangeLog(systemClock, connection, keys, 60_000),
    /** The id that a script writes, or null for a script that reads, as soon as the script is run. */
    async nameIn(index: number): Promise<string | null> {
      await until(() => scripts.length > index)
      return scripts[index]?.text?.split(' ')[3] ?? null
    },
    answer: (index: number, value: unknown) => scripts[index]?.answer(value),
    /** Answers as if the text that another script writes were in Redis. */
    answerText: (index: number, from = index) => scripts[index]?.answer(scripts[from]?.text),
    count: () => scripts.length,
  }
}

const isGone = undefined

describe('a change that is recorded while the previous one is being published', () => {
  it('stays the last one, and is published again when Redis is back', async () => {
    const { changes, nameIn, answer, answerText, count } = createSlowRedis()
    const first = changes.record()
    const firstName = await nameIn(0)
    const scripts = changes.latest()
    expect(await nameIn(1)).toBeNull()
    const second = changes.record()
    const secondName = await nameIn(2)
    expect(secondName).not.toBe(firstName)

    answerText(0)
    await first
    answerText(1, 0)
    expect(await scripts).toBe(secondName)
    answer(2, isGone)
    await second

    changes.onRestored()
    expect(await nameIn(3)).toBe(secondName)
    answerText(3)
    await nextTick()
    const after = changes.latest()
    expect(await nameIn(4)).toBeNull()
    answerText(4, 3)
    expect(await after).toBe(secondName)
    changes.onRestored()
    expect(await nameIn(5)).toBe(secondName)
    expect(count()).toBe(6)
  })

  it('is published with it: a later change of another replica is the last one', async () => {
    const { changes, nameIn, answer, answerText } = createSlowRedis()
    const both = [changes.record(), changes.record()]
    await nameIn(1)
    answerText(0)
    answerText(1)
    await Promise.all(both)
    const scripts = changes.latest()
    await nameIn(2)
    answer(2, signed('of-another-replica'))
    expect(await scripts).toBe('of-another-replica')
  })
})
