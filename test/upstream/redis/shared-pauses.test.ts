import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import type { RateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { setUpReplicas } from '../../support/redis/joined.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'
import { until } from '../../support/redis/until.ts'

describeWithRedis('a pause that replicas share', () => {
  const replicas = setUpReplicas()

  const join = () => {
    const { replica, lines } = replicas.join()
    return { replica, lines, store: replica.rateLimitStore({ parts: ['a test'], secret: 'hush-hush' }, []) }
  }
  const waitOf = async (store: RateLimitStore) => {
    const slot = await store.tryAcquire('lists')
    return slot === null ? 0 : Math.max(1, slot - performance.now())
  }
  const isShared = async () => [...(await replicas.redis.dump()).keys()].some((key) => key.endsWith(':pauses'))
  const pause = async (store: RateLimitStore, milliseconds: number) => {
    store.pause('lists', performance.now() + milliseconds)
    await until(isShared)
  }

  it('is followed by one call of all replicas, and by the others when it is answered', async () => {
    const stores = [join(), join(), join()].map(({ store }) => store)
    for (const store of stores) expect(await waitOf(store)).toBe(0)
    const [first] = stores
    if (first) await pause(first, 1_000)
    for (const store of stores) expect(await waitOf(store)).toBeGreaterThan(0)
    await sleep(1_100)
    const waits = await Promise.all(stores.map(waitOf))
    expect(waits.filter((wait) => wait === 0)).toHaveLength(1)
    expect(Math.min(...(await Promise.all(stores.map(waitOf))))).toBeGreaterThan(0)
    expect(stores[waits.indexOf(0)]?.resume('lists')).toBe(true)
    await until(async () => {
      for (const store of stores) store.resume('lists')
      return (await Promise.all(stores.map(waitOf))).every((wait) => wait === 0)
    })
  })

  it('is followed by one call of a replica that has not seen it, and by the others when it is answered', async () => {
    const [first, second] = [join(), join()]
    await pause(first.store, 500)
    await sleep(600)
    expect(await waitOf(second.store)).toBe(0)
    expect(await waitOf(second.store)).toBeGreaterThan(0)
    expect(second.store.resume('lists')).toBe(true)
    expect(await waitOf(second.store)).toBe(0)
    expect(second.store.resume('lists')).toBe(false)
    expect(await waitOf(first.store)).toBe(0)
  })

  it('begins again for all replicas when the call after it is answered 429', async () => {
    const [first, second] = [join(), join()]
    await pause(first.store, 500)
    await sleep(600)
    expect(await waitOf(first.store)).toBe(0)
    await pause(first.store, 60_000)
    await until(async () => (await waitOf(second.store)) > 50_000)
  })

  it('is cleared in Redis, and in the replica that clears it', async () => {
    const [first, second, third] = [join(), join(), join()]
    await pause(first.store, 60_000)
    expect(await waitOf(second.store)).toBeGreaterThan(50_000)
    expect(await first.replica.clearPauses()).toEqual({ own: 1, shared: 1 })
    expect(await waitOf(first.store)).toBe(0)
    expect(await waitOf(third.store)).toBe(0)
    // A replica that has seen the pause keeps it until its own signal.
    expect(await waitOf(second.store)).toBeGreaterThan(50_000)
    expect(await second.replica.clearPauses()).toEqual({ own: 1, shared: 0 })
    expect(await waitOf(second.store)).toBe(0)
  })

  it('is cleared by a replica that has not seen it', async () => {
    const [first, second, third] = [join(), join(), join()]
    await pause(first.store, 60_000)
    await second.replica.readings.get({ parts: ['x'], secret: 'x' })
    expect(await second.replica.clearPauses()).toEqual({ own: 0, shared: 1 })
    expect(await waitOf(third.store)).toBe(0)
  })
})
