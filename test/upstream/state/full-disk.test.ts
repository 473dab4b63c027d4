import { afterEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import { isNotedIncomplete, noteIncomplete } from '../../../src/state/state-folder.ts'
import type { StateKey, StateStore } from '../../../src/state/state-store.ts'
import { completeRows } from '../../../src/upstream/cache/reading.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { createSoleReplica } from '../../../src/upstream/replicas.ts'
import { openOnDisk } from '../../support/failing-disk.ts'
import { type Listing, list } from '../../support/listing.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'
import { until } from '../../support/until.ts'

const minute = 60_000
const padding = 1_000
const retryAfter = 10_000
const full = { reason: 'the disk is full' }
const limits: readonly Limit[] = [{ resource: 'lists', calls: 3, window: minute, source: 'https://example.com' }]
const identity = { parts: ['EXAMPLE', 'acme'], secret: 'hush-hush' }

let stack: RestartingStack | null = null
afterEach(async () => {
  await stack?.close()
  stack = null
})

const kindsIn = (store: StateStore) => [...new Set([...store.range([])].map(([[kind]]) => String(kind)))].sort()
const timesOf = ({ nodes }: Listing) => nodes.map(({ id, asOf }) => ({ id, asOf }))

describe('A disk that has room again', () => {
  it('gets everything that was written while it was full, without another call', async () => {
    const { store, disk, clock, openCopy } = openOnDisk()
    const replica = createSoleReplica(clock, store)
    const calls = replica.rateLimitStore(identity, limits)
    disk.problem = full
    await store.transaction(() => {})
    expect(store.isKept).toBe(false)
    for (let call = 0; call < 3; call += 1) expect(await calls.tryAcquire('lists')).toBeNull()
    await replica.changes(identity, minute).record()
    const { lease } = await replica.requests(identity).acquire('a key', 'writer')
    await lease?.save({ digest: 'digest', sentAt: clock.now(), result: null })
    await replica.texts('x509').set('a certificate', 'details')
    expect(replica.texts('x509').isKept).toBe(true)
    const [readAt, asOf] = [clock.elapsed(), clock.now()]
    replica.readings.keep?.(
      { identity, fields: ['id'], maxAge: minute, startedAfter: () => 0 },
      { rows: completeRows([{ id: 'a' }]), asOf, startedAt: readAt, readAt, bytes: 100 },
    )
    expect(kindsIn(await openCopy())).toEqual([])
    disk.problem = null
    clock.advance(retryAfter)
    await until(
      () => store.get(['x509', 'a certificate']) !== null && store.isKept && kindsIn(store).includes('reading'),
    )
    const copy = await openCopy()
    expect(kindsIn(copy)).toEqual(expect.arrayContaining(['calls', 'last change', 'reading', 'request', 'x509']))
    const restarted = createSoleReplica(clock, copy)
    expect(await restarted.rateLimitStore(identity, limits).tryAcquire('lists')).not.toBeNull()
    expect((await restarted.readings.get(identity))?.rows.rows).toEqual([{ id: 'a' }])
    await replica.close()
    await store.close()
  })

  it('has the readings that were made while it was full after a crash', async () => {
    stack = await startRestartingStack()
    const { store, disk, clock, openCopy } = openOnDisk()
    const program = await stack.start(undefined, store)
    await list(program)
    await until(() => [...store.range(['reading'])].length > 0)
    disk.problem = full
    stack.clock.advance(minute)
    const renewed = await list(program, 'maxStaleness: "PT0S"')
    await until(() => !store.isKept)
    disk.problem = null
    await until(() => {
      clock.advance(retryAfter)
      return store.isKept
    })
    const count = renewed.sources.length
    await until(() => newReadings(store, count))
    const copy = await openCopy()
    await stack.stop()
    stack.fail()
    expect(timesOf(await list(await stack.start(undefined, copy)))).toEqual(timesOf(renewed))
  })
})

describe('A process that starts without knowing the calls before it', () => {
  it.each([
    ['the disk is full since before the crash', full],
    ['the disk was full before the crash', null],
  ])('makes no call for one window, and keeps to the limit after it, when %s', async (_when, problem) => {
    const { store, disk, clock, path, copyFiles } = openOnDisk()
    const calls = createSoleReplica(clock, store).rateLimitStore(identity, limits)
    disk.problem = full
    noteIncomplete(path, true)
    for (let call = 0; call < 3; call += 1) expect(await calls.tryAcquire('lists')).toBeNull()
    // The copy is what a killed process leaves: it closes nothing.
    const restarted = async () => {
      const next = openOnDisk(clock, copyFiles(), { isIncomplete: await isNotedIncomplete(path) })
      next.disk.problem = problem
      await next.store.transaction(() => {})
      return createSoleReplica(clock, next.store).rateLimitStore(identity, limits)
    }
    for (let restarts = 0; restarts < 3; restarts += 1) {
      clock.advance(3_000)
      expect(await (await restarted()).tryAcquire('lists')).not.toBeNull()
    }
    const last = await restarted()
    clock.advance(minute - 1)
    expect(await last.tryAcquire('lists')).not.toBeNull()
    clock.advance(padding + 1)
    for (let call = 0; call < 3; call += 1) expect(await last.tryAcquire('lists')).toBeNull()
    expect(await last.tryAcquire('lists')).not.toBeNull()
  })

  it('makes no call for one window when the folder cannot be used', async () => {
    const clock = createManualClock()
    const state = new MemoryStateStore({ problem: { reason: 'the file system is read-only' } })
    const calls = createSoleReplica(clock, state).rateLimitStore(identity, limits)
    expect(await calls.tryAcquire('lists')).not.toBeNull()
    clock.advance(minute + padding)
    expect(await calls.tryAcquire('lists')).toBeNull()
  })

  it('makes no call for one window after a restart when its log is damaged, however often it is restarted', async () => {
    const { store, clock } = openOnDisk()
    const start = () => createSoleReplica(clock, store).rateLimitStore(identity, limits)
    expect(await start().tryAcquire('lists')).toBeNull()
    const [[key]] = [...store.range(['calls'])] as [[StateKey, string]]
    await store.transaction((writer) => writer.put(key, 'damaged'))
    for (let restarts = 0; restarts < 3; restarts += 1) {
      expect(await start().tryAcquire('lists')).not.toBeNull()
      // What was begun at the start is written.
      await store.transaction(() => {})
      clock.advance(20_000)
    }
    clock.advance(padding)
    expect(await start().tryAcquire('lists')).toBeNull()
    await store.close()
  })
})

/** Whether the readings of the second round are kept. */
function newReadings(store: StateStore, count: number): boolean {
  const times = [...store.range(['reading'])].map(([, text]) => Number((JSON.parse(text) as { asOf: number }).asOf))
  const first = Math.min(...times)
  return times.length >= count && first > Date.UTC(2030, 0, 1) + minute - 1
}
