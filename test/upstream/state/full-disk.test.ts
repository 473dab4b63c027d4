import { afterEach, describe, expect, it } from '@jest/globals'
import type { StateStore } from '../../../src/state/state-store.ts'
import { completeRows } from '../../../src/upstream/cache/reading.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { createSoleReplica } from '../../../src/upstream/replicas.ts'
import { openOnDisk } from '../../support/failing-disk.ts'
import { type Listing, list } from '../../support/listing.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'
import { until } from '../../support/until.ts'

const minute = 60_000
const retryAfter = 10_000
const full = { reason: 'the disk is full' }
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
    disk.problem = full
    await store.transaction(() => {})
    expect(store.isKept).toBe(false)
    const replica = createSoleReplica(clock, store)
    const limits: readonly Limit[] = [{ resource: 'lists', calls: 3, window: minute, source: 'https://example.com' }]
    const calls = replica.rateLimitStore(identity, limits)
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

/** Whether the readings of the second round are kept. */
function newReadings(store: StateStore, count: number): boolean {
  const times = [...store.range(['reading'])].map(([, text]) => Number((JSON.parse(text) as { asOf: number }).asOf))
  const first = Math.min(...times)
  return times.length >= count && first > Date.UTC(2030, 0, 1) + minute - 1
}
