import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Emulator, startEmulator } from '../../../src/sandbox/emulator.ts'
import { quiet } from '../../support/quiet.ts'
import { until } from '../../support/until.ts'
import { createTestCall, failureOf, type TestCall } from '../../support/vendor-call.ts'

let vendor: Emulator
let caller: TestCall

beforeEach(async () => {
  vendor = await startEmulator(({ path }) => ({ status: 200, body: { path } }))
  caller = createTestCall({ concurrency: 3, timeout: 4_000 })
})
afterEach(async () => {
  await caller.close()
  await vendor.close()
})

const get = (path: string, signal?: AbortSignal) => caller.get(vendor.url + path, signal && { signal })
const paths = () => vendor.calls.map(({ path }) => path)

describe('calls in flight', () => {
  it('do not exceed the concurrency of the account; other calls wait', async () => {
    vendor.fault({ effect: 'hang', times: 3 })
    const failures = ['/1', '/2', '/3'].map((path) => failureOf(get(path)))
    const others = ['/4', '/5', '/6', '/7', '/8'].map((path) => get(path))
    await until(() => vendor.calls.length === 3)
    await quiet()
    expect(paths()).toEqual(['/1', '/2', '/3'])
    caller.clock.advance(4_000)
    await Promise.all(failures)
    expect(await Promise.all(others)).toEqual(['/4', '/5', '/6', '/7', '/8'].map((path) => ({ path })))
    expect(vendor.maxInFlight).toBe(3)
  })

  it('are counted per account', async () => {
    const leaving = new AbortController()
    const { signal } = leaving
    const other = createTestCall({ concurrency: 3 })
    vendor.fault({ effect: 'hang' })
    const failures = ['/1', '/2', '/3', '/4'].map((path) => failureOf(get(path, signal)))
    const others = ['/5', '/6', '/7', '/8'].map((path) => failureOf(other.get(vendor.url + path, { signal })))
    await until(() => vendor.calls.length === 6)
    await quiet()
    expect(vendor.maxInFlight).toBe(6)
    leaving.abort()
    await Promise.all([...failures, ...others])
    await other.close()
  })

  it('make room after a timeout, which counts from when a call is sent', async () => {
    vendor.fault({ effect: 'hang', times: 3 })
    const failures = ['/1', '/2', '/3'].map((path) => failureOf(get(path)))
    const fourth = get('/4')
    await until(() => vendor.calls.length === 3)
    caller.clock.advance(4_000)
    expect(await Promise.all(failures)).toEqual(Array(3).fill(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' })))
    expect(await fourth).toEqual({ path: '/4' })
  })
})

describe('a vendor that answers 429', () => {
  it('gets no more calls from operations that wait for the semaphore', async () => {
    const narrow = createTestCall({ concurrency: 1 })
    vendor.fault({ effect: { status: 429, headers: { 'retry-after': '60' } } })
    const failures = ['/1', '/2', '/3'].map((path) => failureOf(narrow.get(vendor.url + path)))
    expect(await Promise.all(failures)).toEqual(
      Array(3).fill(expect.objectContaining({ code: 'UPSTREAM_RATE_LIMITED' })),
    )
    expect(vendor.calls).toHaveLength(1)
    await narrow.close()
  })
})

describe('an aborted call', () => {
  it('closes its connection and rejects with the reason', async () => {
    vendor.fault({ effect: 'hang' })
    const leaving = new AbortController()
    const failure = failureOf(get('/1', leaving.signal))
    await until(() => vendor.calls.length === 1)
    const reason = new DOMException('gone', 'AbortError')
    leaving.abort(reason)
    expect(await failure).toBe(reason)
    await until(() => vendor.calls[0]?.aborted === true)
    expect(caller.clock.pendingSleeps).toBe(0)
  })

  it('is never sent when it was still waiting, and rejects at once', async () => {
    vendor.fault({ effect: 'hang', times: 3 })
    const failures = ['/1', '/2', '/3'].map((path) => failureOf(get(path)))
    const leaving = new AbortController()
    const queued = failureOf(get('/queued', leaving.signal))
    await until(() => vendor.calls.length === 3)
    leaving.abort()
    expect(await queued).toMatchObject({ name: 'AbortError' })
    const next = get('/next')
    caller.clock.advance(4_000)
    await Promise.all(failures)
    expect(await next).toEqual({ path: '/next' })
    expect(paths()).toEqual(['/1', '/2', '/3', '/next'])
  })

  it('is never sent when it was aborted before', async () => {
    expect(await failureOf(get('/1', AbortSignal.abort()))).toMatchObject({ name: 'AbortError' })
    await get('/2')
    expect(paths()).toEqual(['/2'])
  })

  it('makes room for the next one', async () => {
    vendor.fault({ effect: 'hang', times: 3 })
    const leaving = new AbortController()
    const failures = ['/1', '/2', '/3'].map((path) => failureOf(get(path, leaving.signal)))
    const fourth = get('/4')
    await until(() => vendor.calls.length === 3)
    leaving.abort()
    expect(await fourth).toEqual({ path: '/4' })
    await Promise.all(failures)
  })
})
