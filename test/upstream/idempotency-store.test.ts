import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryIdempotencyStore, type RequestLease, type RequestRecord } from '../../src/upstream/idempotency-store.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

const record: RequestRecord = { digest: 'd', sentAt: 1, result: '{"result":{}}' }
const never = new AbortController().signal

let clock: ManualClock
let store: MemoryIdempotencyStore
beforeEach(() => {
  clock = createManualClock()
  store = new MemoryIdempotencyStore(clock)
})

async function lease(key: string): Promise<RequestLease> {
  const state = await store.acquire(key)
  if (!state.lease) throw new Error('the request is running')
  return state.lease
}

async function remember(key: string, saved: RequestRecord | null): Promise<void> {
  const held = await lease(key)
  await held.save(saved)
  await held.release()
}

async function recall(key: string): Promise<RequestRecord | null> {
  const state = await store.acquire(key)
  await state.lease?.release()
  return state.record
}

describe('the idempotency store of a process', () => {
  it('remembers a request for 24 hours, by the monotonic clock', async () => {
    await remember('a', record)
    expect(await recall('b')).toBeNull()
    clock.adjustWallClock(172_800_000)
    clock.advance(86_399_999)
    expect(await recall('a')).toEqual(record)
    clock.advance(1)
    expect(await recall('a')).toBeNull()
  })

  it('forgets a request whose record is removed', async () => {
    await remember('a', record)
    await remember('a', null)
    expect(await recall('a')).toBeNull()
  })

  it('gives a request to one at a time, with what is remembered of it', async () => {
    await remember('a', { ...record, result: null })
    const first = await lease('a')
    const second = await store.acquire('a')
    if (second.lease) throw new Error('the request runs twice')
    expect(second.record).toEqual({ ...record, result: null })
    const ended = second.ended(never)
    await first.release()
    await ended
    expect((await store.acquire('a')).lease).not.toBeNull()
  })

  it('ends the wait of an operation that ends', async () => {
    await lease('a')
    const second = await store.acquire('a')
    const ending = new AbortController()
    const waiting = second.lease ? undefined : second.ended(ending.signal)
    ending.abort(new Error('over'))
    await expect(waiting).rejects.toThrow('over')
  })

  it('is bounded: the oldest requests make room for new ones', async () => {
    const result = 'r'.repeat(65_536)
    for (let count = 0; count < 300; count += 1) await remember(`key ${count}`, { ...record, result })
    expect(await recall('key 0')).toBeNull()
    expect(await recall('key 299')).toEqual({ ...record, result })
  })
})
