import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryIdempotencyStore, type RequestLease } from '../../src/upstream/idempotency-store.ts'
import type { RequestRecord } from '../../src/upstream/request-records.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

const record: RequestRecord = { digest: 'd', sentAt: 1, result: '{"result":{}}' }
const owner = 'caller'
const never = new AbortController().signal

let clock: ManualClock
let store: MemoryIdempotencyStore
beforeEach(() => {
  clock = createManualClock()
  store = new MemoryIdempotencyStore(clock)
})

async function lease(key: string, by = owner): Promise<RequestLease> {
  const state = await store.acquire(key, by)
  if (!state.lease) throw new Error('the request is running')
  return state.lease
}

async function remember(key: string, saved: RequestRecord | null, by = owner): Promise<void> {
  const held = await lease(key, by)
  await held.save(saved)
  await held.release()
}

async function recall(key: string, by = owner): Promise<RequestRecord | null> {
  const state = await store.acquire(key, by)
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
    const second = await store.acquire('a', owner)
    if (second.lease) throw new Error('the request runs twice')
    expect(second.record).toEqual({ ...record, result: null })
    const ended = second.ended(never)
    await first.release()
    await ended
    expect((await store.acquire('a', owner)).lease).not.toBeNull()
  })

  it('ends the wait of an operation that ends', async () => {
    await lease('a')
    const second = await store.acquire('a', owner)
    const ending = new AbortController()
    const waiting = second.lease ? undefined : second.ended(ending.signal)
    ending.abort(new Error('over'))
    await expect(waiting).rejects.toThrow('over')
  })

  const result = 'r'.repeat(16_384)

  it('is bounded: the oldest requests of a caller make room for new ones of the same caller', async () => {
    await remember('of another', record, 'another caller')
    for (let count = 0; count < 300; count += 1) await remember(`key ${count}`, { ...record, result })
    expect(await recall('key 0')).toBeNull()
    expect(await recall('key 299')).toEqual({ ...record, result })
    expect(await recall('of another', 'another caller')).toEqual(record)
  })

  it('refuses a new request when the requests of other callers take all room, until they expire', async () => {
    for (let caller = 0; caller < 17; caller += 1)
      for (let count = 0; count < 63; count += 1)
        await remember(`${caller}.${count}`, { ...record, result }, `${caller}`)
    const held = await lease('late', 'late caller')
    expect(await held.save({ ...record, result })).toBe('full')
    expect(await recall('0.0', '0')).toEqual({ ...record, result })
    clock.advance(86_400_000)
    expect(await held.save({ ...record, result })).toBe('saved')
  })

  it('keeps what it had when there is no room for more', async () => {
    const held = await lease('a')
    expect(await held.save({ ...record, result: null })).toBe('saved')
    expect(await held.save({ ...record, result: 'r'.repeat(2 ** 20) })).toBe('full')
    await held.release()
    expect(await recall('a')).toEqual({ ...record, result: null })
  })
})
