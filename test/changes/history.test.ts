import { describe, expect, it } from '@jest/globals'
import type { RecordedChange } from '../../src/changes/change.ts'
import { toChangeText } from '../../src/changes/change-text.ts'
import { History } from '../../src/changes/history.ts'
import type { HistoryLimits } from '../../src/changes/old-changes.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { StateHistory } from '../../src/upstream/state-history.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

const unlimited: HistoryLimits = { maxAge: 1e12, maxChanges: 1e9, maxBytes: 1e12 }
const everything = { places: new Set(['place']), kinds: null, since: null }

/** A state that several processes have open, as the one on disk. */
class SharedStateStore extends MemoryStateStore {
  override readonly isKept: false = true as never
}

const textOf = (name: string, at: number) =>
  toChangeText({
    kind: 'APPEARED',
    at,
    historyKey: 'place',
    provider: 'OPENAI',
    placeId: 'place id',
    placeVendorId: 'org',
    certificateId: `id of ${name}`,
    name,
    expiresAt: null,
    expiryStatus: null,
    replacesId: null,
    actor: null,
  })

/** Counts the texts that are read. */
class CountingStateStore extends MemoryStateStore {
  count = 0
  override get(key: Parameters<MemoryStateStore['get']>[0]): string | null {
    this.count += 1
    return super.get(key)
  }
}

function createHistory(
  clock: ManualClock,
  { state = new MemoryStateStore(), limits = unlimited }: { state?: StateStore; limits?: HistoryLimits } = {},
) {
  const store = new StateHistory(state, clock.now())
  const history = new History(store, { clock, timeSlice: endlessTimeSlice, limits: () => limits })
  let version = 0
  return {
    history,
    state,
    /** Records changes with these names, at these times or now. */
    async add(names: readonly string[], at = clock.now()) {
      const head = await store.head('place')
      version = head?.version ?? 0
      return history.commit({
        place: 'place',
        version,
        head: '{}',
        list: null,
        usedNotes: [],
        changes: names.map((name) => textOf(name, at)),
      })
    },
    async names() {
      await history.update()
      const { rows } = history.index.page(everything, { count: 1_000, from: 'start', after: null, before: null })
      const found = await history.get(rows.map(({ sequence }) => sequence))
      return (found ?? []).map(({ name }) => name)
    },
  }
}

describe('the history', () => {
  it('lists changes by time, and those of one time by their order', async () => {
    const clock = createManualClock()
    const { add, names } = createHistory(clock)
    await add(['first', 'second'])
    await add(['long ago'], clock.now() - 1_000)
    await add(['third'])
    expect(await names()).toEqual(['third', 'second', 'first', 'long ago'])
  })

  it('keeps texts of every kind as they are', async () => {
    const { add, names } = createHistory(createManualClock())
    const texts = ['', '~', 'a~b', '"\\', '\u0000\u001f\u007f', 'é 漢 🙂', '\ud800']
    await add(texts)
    expect(await names()).toEqual(texts.toReversed())
  })

  it('refuses a commit whose baseline is another one, with all its changes', async () => {
    const clock = createManualClock()
    const { add, names, history } = createHistory(clock)
    await add(['first'])
    const commit = { place: 'place', version: 0, head: 'other', list: 'other', usedNotes: [], changes: ['other'] }
    expect(await history.commit(commit)).toBe(false)
    expect(await names()).toEqual(['first'])
    expect((await history.store.head('place'))?.text).toBe('{}')
  })

  it('is there after a restart, with the same ids', async () => {
    const clock = createManualClock()
    const before = createHistory(clock)
    await before.add(['first', 'second'])
    const [change] = (await before.history.get([1])) ?? []
    const after = createHistory(clock, { state: before.state })
    expect(await after.names()).toEqual(['second', 'first'])
    expect(await after.history.get([1])).toEqual([change])
    expect(after.history.sequenceOf(change?.id ?? '')).toBe(1)
  })

  it('has ids that are those of no other history', async () => {
    const clock = createManualClock()
    const [one, other] = [createHistory(clock), createHistory(clock)]
    await one.add(['first'])
    await other.add(['first'])
    const [change] = (await one.history.get([1])) ?? []
    for (const id of [change?.id ?? '', '', 'x', 'x'.repeat(22), 'x'.repeat(10_000), `${change?.id}=`]) {
      expect(other.history.sequenceOf(id)).toBeNull()
    }
  })

  it('removes changes that are too old, the oldest first', async () => {
    const clock = createManualClock()
    const { add, names, history } = createHistory(clock, { limits: { ...unlimited, maxAge: 10_000 } })
    const start = clock.now()
    await add(['first'])
    clock.advance(6_000)
    await add(['second'])
    clock.advance(6_000)
    expect(history.removedAt('place')).toBeNull()
    await add(['third'])
    expect(await names()).toEqual(['third', 'second'])
    expect(history.removedAt('place')).toBe(start)
    clock.advance(60_000)
    await history.removeOld()
    expect(await names()).toEqual([])
    expect(history.removedAt('place')).toBe(start + 12_000)
    await add(['fourth'])
    expect(await history.last()).toBe(4)
  })

  it('removes changes that are too old, also after one from a wall clock that was ahead', async () => {
    const clock = createManualClock()
    const limits = { ...unlimited, maxAge: 20_000 }
    const { add, names, history } = createHistory(clock, { limits })
    const start = clock.now()
    await add(['ahead'], start + 1e9)
    await add(['first'])
    clock.advance(10_000)
    await add(['second'])
    expect(await names()).toEqual(['second', 'first', 'ahead'])
    clock.advance(11_000)
    await history.removeOld()
    expect(await names()).toEqual(['second'])
    expect(history.removedAt('place')).toBe(start)
  })

  it('lists the newest change first after a wall clock was ahead, also after a restart', async () => {
    const clock = createManualClock()
    const { add, names, state } = createHistory(clock)
    await add(['first'])
    for (const name of ['ahead', 'also ahead']) await add([name], clock.now() + 1e9)
    clock.advance(1_000)
    await add(['second'])
    clock.advance(1_000)
    await add(['third'])
    const inOrder = ['third', 'second', 'also ahead', 'ahead', 'first']
    expect(await names()).toEqual(inOrder)
    expect(await createHistory(clock, { state }).names()).toEqual(inOrder)
  })

  it.each([
    ['too many', { ...unlimited, maxChanges: 100 }],
    ['too large', { ...unlimited, maxBytes: 100 * textOf('1000', Date.UTC(2030, 0, 1)).length }],
  ])('removes changes that are %s', async (_what, limits) => {
    const clock = createManualClock()
    const { add, names, history } = createHistory(clock, { limits })
    for (let index = 0; index < 300; index += 1) {
      clock.advance(1)
      await add([`${1_000 + index}`])
    }
    const kept = await names()
    expect(kept.length).toBeGreaterThan(80)
    expect(kept.length).toBeLessThanOrEqual(100)
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `${1_299 - index}`))
    const [oldest] = (await history.get([301 - kept.length])) ?? []
    expect(history.removedAt('place')).toBe((oldest?.at ?? 0) - 1)
  })

  it('begins again when its store was emptied', async () => {
    const clock = createManualClock()
    const before = createHistory(clock)
    await before.add(['first', 'second'])
    await before.names()
    for (const [key] of [...before.state.range(['history'])]) {
      await before.state.transaction((writer) => writer.remove(key))
    }
    expect(await before.names()).toEqual([])
    await before.add(['other'])
    expect(await before.names()).toEqual(['other'])
  })

  it('reads the changes of a page alone', async () => {
    const state = new CountingStateStore()
    const { add, history } = createHistory(createManualClock(), { state })
    const names = Array.from({ length: 10_000 }, (_, index) => `${index}`)
    for (let round = 0; round < 10; round += 1) await add(names)
    await history.update()
    state.count = 0
    await history.update()
    expect(history.index.count(everything)).toBe(100_000)
    const page = history.index.page(everything, { count: 100, from: 'start', after: null, before: null })
    expect((await history.get(page.rows.map(({ sequence }) => sequence)))?.at(-1)?.name).toBe('9900')
    expect(state.count).toBeLessThan(110)
  })
})

describe('a follower of the history', () => {
  async function follow(history: History, after: number) {
    const found: RecordedChange[] = []
    const end = new AbortController()
    const ended = (async () => {
      for await (const changes of history.follow(after, end.signal)) found.push(...changes)
    })()
    const settle = async () => {
      for (let waits = 0; waits < 20; waits += 1) await new Promise(setImmediate)
      return found.map(({ name }) => name)
    }
    const stop = () => {
      end.abort()
      return ended
    }
    return { settle, end: stop }
  }

  it('gets what was recorded since, and what is recorded then, at once', async () => {
    const clock = createManualClock()
    const { add, history } = createHistory(clock)
    await add(['first', 'second'])
    const follower = await follow(history, 1)
    expect(await follower.settle()).toEqual(['second'])
    await add(['third'])
    expect(await follower.settle()).toEqual(['second', 'third'])
    expect(clock.pendingSleeps).toBe(0)
    await follower.end()
    await add(['fourth'])
    expect(await follower.settle()).toEqual(['second', 'third'])
  })

  it('gets what another process records within a second, and looks only while it follows', async () => {
    const clock = createManualClock()
    const state = new SharedStateStore()
    const [own, other] = [createHistory(clock, { state }), createHistory(clock, { state })]
    const follower = await follow(own.history, 0)
    await follower.settle()
    await other.add(['first'])
    expect(await follower.settle()).toEqual([])
    clock.advance(1_000)
    expect(await follower.settle()).toEqual(['first'])
    expect(clock.pendingSleeps).toBe(1)
    await follower.end()
    expect(clock.pendingSleeps).toBe(0)
  })

  it('gets every change once while many are recorded', async () => {
    const { add, history } = createHistory(createManualClock())
    const follower = await follow(history, 0)
    const names = Array.from({ length: 2_000 }, (_, index) => `${index}`)
    for (let start = 0; start < names.length; start += 700) await add(names.slice(start, start + 700))
    expect(await follower.settle()).toEqual(names)
    await follower.end()
  })
})
