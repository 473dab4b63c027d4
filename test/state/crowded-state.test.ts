import { describe, expect, it } from '@jest/globals'
import type { RecordedChange } from '../../src/changes/change.ts'
import { toChangeText } from '../../src/changes/change-text.ts'
import { createChanges } from '../../src/changes/changes.ts'
import { x509Bounds } from '../../src/providers/x509-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import type { Limit } from '../../src/upstream/rate-limit/limit.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { StateHistory } from '../../src/upstream/state-history.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openStore } from '../support/open-stores.ts'
import { createTestLog } from '../support/test-log.ts'

const maxBytes = 4 * 1024 ** 2
const limits: readonly Limit[] = [{ resource: 'lists', calls: 3, window: 60_000, source: 'https://example.com' }]
const identity = { parts: ['acme'], secret: 'hush-hush' }
const everything = { places: new Set(['place', 'other']), kinds: null, since: null }

const textOf = (name: string, at: number, historyKey = 'place') =>
  toChangeText({
    kind: 'APPEARED' satisfies RecordedChange['kind'],
    at,
    historyKey,
    provider: 'OPENAI',
    placeId: 'place id',
    placeVendorId: 'org',
    certificateId: `id of ${name}`,
    name: name.padEnd(200, '.'),
    expiresAt: null,
    expiryStatus: null,
    replacesId: null,
    actor: null,
  })

/** The time of the change with this number, before that of the clock. */
const timeOf = (number: number) => Date.UTC(2029, 11, 31) + number

/** The history of a process that has this state. */
function openHistory(store: StateStore) {
  const clock = createManualClock()
  const { history } = createChanges(new StateHistory(store, clock.now()), { clock, log: createTestLog().log })
  let count = 0
  return {
    history,
    clock,
    /** Records this many changes in one commit, each a millisecond later. */
    async add(changes: number, list = 'x'.repeat(100_000), place = 'place') {
      const version = (await history.store.head(place))?.version ?? 0
      const texts = Array.from({ length: changes }, () => {
        count += 1
        return textOf(`change ${count}`, timeOf(count), place)
      })
      return history.commit({ place, version, head: '{}', list, usedNotes: [], changes: texts })
    },
    get count() {
      return count
    },
    async names(): Promise<readonly string[]> {
      await history.update()
      const { rows } = history.index.page(everything, { count: 100_000, from: 'start', after: null, before: null })
      const found = await history.get(rows.map(({ sequence }) => sequence))
      return (found ?? []).map(({ name }) => name?.replace(/\.+$/, '') ?? '')
    },
  }
}

/** The names of the newest changes, the newest first. */
const newest = (last: number, count: number) => Array.from({ length: count }, (_, index) => `change ${last - index}`)

describe('The history in a small state', () => {
  it('keeps the newest changes on disk, however many there are, and says how far back they go', async () => {
    const { store, path, lines } = await openStore(undefined, maxBytes)
    const program = openHistory(store)
    for (let round = 0; round < 40; round += 1) expect(await program.add(500)).toBe(true)
    expect(store.problem).toBeNull()
    expect(lines).toEqual([])
    expect(store.usage.bytes).toBeLessThan(maxBytes)
    await store.close()
    const reopened = await openStore(path, maxBytes)
    const next = openHistory(reopened.store)
    const names = await next.names()
    expect(names.length).toBeGreaterThan(1_500)
    expect(names).toEqual(newest(program.count, names.length))
    expect(next.history.removedAt('place')).toBe(timeOf(program.count - names.length))
    expect((await next.history.store.head('place'))?.version).toBe(40)
  })

  it('keeps the newest of more changes at once than it has room for', async () => {
    const { store, path } = await openStore(undefined, maxBytes)
    const program = openHistory(store)
    await program.add(10)
    expect(await program.add(20_000)).toBe(true)
    expect(store.problem).toBeNull()
    await store.close()
    const next = openHistory((await openStore(path, maxBytes)).store)
    const names = await next.names()
    expect(names.length).toBeGreaterThan(1_000)
    expect(names).toEqual(newest(program.count, names.length))
    expect(next.history.removedAt('place')).toBe(timeOf(program.count - names.length))
  })

  it('gives room to readings and details', async () => {
    const { store } = await openStore(undefined, maxBytes)
    const program = openHistory(store)
    for (let round = 0; round < 10; round += 1) await program.add(500)
    const before = (await program.names()).length
    for (let index = 0; index < 60; index += 1) {
      await store.transaction((writer) => writer.put(['reading rows', 'a', index], 'x'.repeat(30_000)))
      await program.history.removeOld()
    }
    expect(store.problem).toBeNull()
    const names = await program.names()
    expect(names.length).toBeLessThan(before)
    expect(names.length).toBeGreaterThan(500)
    expect(names).toEqual(newest(program.count, names.length))
  })
})

describe('The details of certificates in a small state', () => {
  it('leave room for the rest: the oldest are dropped, and those of webhooks are not', async () => {
    const { store } = await openStore(undefined, maxBytes)
    const replica = createSoleReplica(createManualClock(), store)
    const [details, messages] = [replica.texts('x509', x509Bounds), replica.texts('notify')]
    await messages.set('first', 'a message')
    for (let index = 0; index < 3_000; index += 1) await details.set(`certificate ${index}`, 'x'.repeat(1_500))
    expect(store.problem).toBeNull()
    expect(await details.get('certificate 2999')).not.toBeNull()
    expect(await details.get('certificate 0')).toBeNull()
    expect(await messages.get('first')).toBe('a message')
  })
})

describe('A state whose other data has used it up', () => {
  it('still has the calls within rate limits and the leases on disk', async () => {
    const { store, path } = await openStore(undefined, maxBytes)
    for (let index = 0; store.isKept; index += 1)
      await store.transaction((writer) => writer.put(['reading rows', 'a', index], 'x'.repeat(100_000)))
    const clock = createManualClock()
    const replica = createSoleReplica(clock, store)
    const calls = replica.rateLimitStore(identity, limits)
    for (let call = 0; call < 3; call += 1) expect(await calls.tryAcquire('lists')).toBeNull()
    await replica
      .lease('acme')
      .run(new AbortController().signal, async (_lost, _assertHeld, setNote) => setNote('note'))
    expect(store.problem).toEqual({ reason: 'state.maxSize is used up' })
    const other = createSoleReplica(clock, (await openStore(path, maxBytes)).store)
    expect(await other.rateLimitStore(identity, limits).tryAcquire('lists')).not.toBeNull()
    expect(await other.lease('acme').readNote()).toBe('note')
  })
})
