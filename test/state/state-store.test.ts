import { describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateKey, StateStore } from '../../src/state/state-store.ts'
import { openStore } from '../support/open-stores.ts'

const kinds: readonly (readonly [string, () => Promise<StateStore>])[] = [
  ['in memory', async () => new MemoryStateStore({ maxBytes: 1_000_000 })],
  ['on disk', async () => (await openStore(undefined, 1_000_000)).store],
]

/** In the order of the store. */
const keys: readonly StateKey[] = [
  ['a'],
  ['a', Number.NEGATIVE_INFINITY],
  ['a', -3.5],
  ['a', -1],
  ['a', 0],
  ['a', 2],
  ['a', 10, 'x'],
  ['a', 1e300],
  ['a', ''],
  ['a', 'b'],
  ['a', 'b', 1],
  ['a', 'b\0'],
  ['a', 'b\0c', 5],
  ['a', 'bé'],
  ['a\0'],
  ['ab'],
  ['b', 'last'],
]

describe.each(kinds)('a state %s', (_, open) => {
  const filled = async () => {
    const store = await open()
    await store.transaction((writer) => {
      for (const [index, key] of keys.toReversed().entries()) writer.put(key, `text ${index}`)
    })
    return store
  }
  const keysOf = (range: Iterable<readonly [StateKey, string]>) => [...range].map(([key]) => key)

  it('sorts numbers before texts, and a key before those that continue it', async () => {
    expect(keysOf((await filled()).range([]))).toEqual(keys)
  })

  it('reads the entries with a prefix, and none whose text only begins alike', async () => {
    const store = await filled()
    const below = keys.filter(([first]) => first === 'a')
    expect(keysOf(store.range(['a']))).toEqual(below)
    expect(keysOf(store.range(['a'], { reverse: true }))).toEqual(below.toReversed())
    expect(keysOf(store.range(['a', 'b']))).toEqual([
      ['a', 'b'],
      ['a', 'b', 1],
    ])
    expect(keysOf(store.range(['none']))).toEqual([])
  })

  it('continues after every key, in both directions', async () => {
    const store = await filled()
    for (const [index, after] of keys.entries()) {
      expect(keysOf(store.range([], { after, limit: 2 }))).toEqual(keys.slice(index + 1, index + 3))
      expect(keysOf(store.range([], { after, limit: 2, reverse: true }))).toEqual(
        keys.slice(Math.max(0, index - 2), index).toReversed(),
      )
    }
    expect(keysOf(store.range(['a'], { after: ['b'] }))).toEqual([])
    expect(keysOf(store.range(['b'], { after: ['a'] }))).toEqual([['b', 'last']])
    expect(keysOf(store.range(['a'], { after: ['b'], reverse: true, limit: 1 }))).toEqual([['a', 'bé']])
  })

  it('reads long ranges while their entries are removed', async () => {
    const store = await open()
    await store.transaction((writer) => {
      for (let index = 0; index < 1_000; index += 1) writer.put(['n', index], String(index))
    })
    await store.transaction((writer) => {
      for (const [key, text] of writer.range(['n'])) if (Number(text) % 2 === 0) writer.remove(key)
    })
    expect([...store.range(['n'])].map(([, text]) => Number(text))).toEqual(
      Array.from({ length: 500 }, (_each, index) => index * 2 + 1),
    )
  })

  it('keeps texts as they are', async () => {
    const store = await open()
    for (const text of ['', 'a\0b', 'ü€😀', 'x'.repeat(300_000)]) {
      await store.transaction((writer) => writer.put(['text'], text))
      expect(store.get(['text'])).toBe(text)
    }
    await store.transaction((writer) => writer.remove(['text']))
    expect(store.get(['text'])).toBeNull()
  })

  it('keeps the writes of a transaction all or none', async () => {
    const store = await filled()
    const before = [...store.range([])]
    const failed = store.transaction((writer) => {
      writer.put(['a'], 'changed')
      writer.put(['new'], 'added')
      writer.remove(['b', 'last'])
      throw new Error('a mistake')
    })
    const next = store.transaction((writer) => writer.put(['next'], 'kept'))
    await expect(failed).rejects.toThrow('a mistake')
    await next
    expect([...store.range([])]).toEqual([...before, [['next'], 'kept']])
  })

  it('reads its own writes in a transaction, and runs transactions one after another', async () => {
    const store = await open()
    const add = () =>
      store.transaction((writer) => {
        const next = Number(writer.get(['count']) ?? 0) + 1
        writer.put(['count'], String(next))
        expect([...writer.range(['count'])]).toEqual([[['count'], String(next)]])
        return next
      })
    expect(await Promise.all(Array.from({ length: 50 }, add))).toEqual(Array.from({ length: 50 }, (_each, i) => i + 1))
    expect(store.get(['count'])).toBe('50')
  })

  it('counts what it keeps', async () => {
    const store = await open()
    expect(store.usage).toEqual({ bytes: 0, maxBytes: 1_000_000 })
    for (let index = 0; index < 20; index += 1)
      await store.transaction((writer) => writer.put(['log', index], 'x'.repeat(10_000)))
    expect(store.usage.bytes).toBeGreaterThan(200_000)
    expect(store.usage.bytes).toBeLessThan(1_000_000)
  })
})

describe('a state on disk', () => {
  it('has its entries again when it is opened again', async () => {
    const { store, path } = await openStore()
    await store.transaction((writer) => writer.put(['a', 1], 'kept'))
    expect(store.isKept).toBe(true)
    await store.close()
    const { store: next, lines } = await openStore(path)
    expect([...next.range([])]).toEqual([[['a', 1], 'kept']])
    expect(lines).toEqual([])
  })

  it('keeps what is written after its end in memory, and does not fail', async () => {
    const { store } = await openStore()
    await store.close()
    await store.transaction((writer) => writer.put(['late'], 'text'))
    expect(store.get(['late'])).toBe('text')
  })
})
