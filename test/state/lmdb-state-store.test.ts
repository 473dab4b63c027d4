import { describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateKey } from '../../src/state/state-store.ts'
import { openOnDisk } from '../support/failing-disk.ts'
import { openStore } from '../support/open-stores.ts'
import { until } from '../support/until.ts'

describe('a store whose disk cannot be written for a while', () => {
  it('writes what is pending when the disk can be written again', async () => {
    const { store, disk, clock, path, reported } = openOnDisk()
    await store.transaction((writer) => writer.put(['a'], 'old'))
    disk.problem = { reason: 'full' }
    await store.transaction((writer) => {
      writer.put(['a'], 'new')
      writer.put(['b'], 'added')
    })
    expect([store.isKept, store.problem, store.get(['a'])]).toEqual([false, { reason: 'full' }, 'new'])
    disk.problem = null
    // Not tried again at once.
    await store.transaction((writer) => writer.put(['c'], 'added'))
    expect(store.isKept).toBe(false)
    clock.advance(10_000)
    await store.transaction((writer) => writer.remove(['b']))
    expect([store.isKept, store.problem]).toEqual([true, null])
    expect(reported).toEqual(['full', null])
    await store.close()
    const { store: next } = await openStore(path)
    expect([...next.range([])].map(String)).toEqual(['a,new', 'c,added'])
  })

  it('tries the disk again by itself', async () => {
    const { store, disk, clock, openCopy } = openOnDisk()
    const kept: string[] = []
    store.onKept(() => kept.push('kept'))
    disk.problem = { reason: 'full' }
    await store.transaction((writer) => writer.put(['a'], 'pending'))
    clock.advance(10_000)
    await until(() => clock.pendingSleeps === 1)
    expect(store.isKept).toBe(false)
    disk.problem = null
    clock.advance(10_000)
    await until(() => store.isKept)
    expect(kept).toEqual(['kept'])
    expect((await openCopy()).get(['a'])).toBe('pending')
    await store.close()
    expect(clock.pendingSleeps).toBe(0)
  })

  it('finds a disk that fails while nothing is written', async () => {
    const { store, disk, clock, reported } = openOnDisk()
    disk.problem = { reason: 'full' }
    clock.advance(60_000)
    await until(() => !store.isKept)
    disk.problem = { reason: 'gone' }
    clock.advance(10_000)
    await until(() => store.problem?.reason === 'gone')
    expect(reported).toEqual(['full', 'gone'])
    await store.close()
  })

  it('has no room for large entries while 8 MiB are pending, and what was removed again takes none', async () => {
    const { store, disk } = openOnDisk()
    await store.transaction((writer) => writer.put(['kept'], 'on disk'))
    disk.problem = { reason: 'full' }
    for (let index = 0; index < 20; index += 1)
      await store.transaction((writer) => {
        writer.put(['rows', index], 'x'.repeat(1024 ** 2))
        writer.remove(['rows', index - 1])
      })
    expect([store.hasDisk, store.hasRoom]).toEqual([true, true])
    for (let index = 20; index < 28; index += 1)
      await store.transaction((writer) => writer.put(['rows', index], 'x'.repeat(1024 ** 2)))
    expect([store.hasDisk, store.hasRoom]).toEqual([true, false])
    await store.transaction((writer) => {
      for (let index = 0; index < 28; index += 1) writer.remove(['rows', index])
      writer.remove(['kept'])
    })
    expect([store.hasRoom, [...store.range([])]]).toEqual([true, []])
    disk.problem = null
    await store.close()
  })

  it('writes what is pending at its end', async () => {
    const { store, disk, path } = openOnDisk()
    disk.problem = { reason: 'full' }
    await store.transaction((writer) => writer.put(['a'], 'pending'))
    disk.problem = null
    await store.close()
    expect((await openStore(path)).store.get(['a'])).toBe('pending')
  })

  it('reads what is on disk and what is pending as one, whatever was written when', async () => {
    const { store, disk, clock } = openOnDisk()
    const model = new MemoryStateStore()
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const key = (): StateKey => (random(2) === 0 ? ['k', random(12)] : ['k', random(4), `t${random(4)}`])
    for (let step = 0; step < 300; step += 1) {
      if (random(20) === 0) disk.problem = disk.problem ? null : { reason: 'full' }
      if (random(10) === 0) clock.advance(10_000)
      const changes = Array.from({ length: 1 + random(3) }, () => [key(), random(3)] as const)
      const fails = random(8) === 0
      for (const each of [store, model])
        await each
          .transaction((writer) => {
            for (const [at, what] of changes) what === 0 ? writer.remove(at) : writer.put(at, `${step}`)
            if (fails) throw new Error('a mistake')
          })
          .catch(() => {})
      const options = {
        reverse: random(2) === 0,
        ...(random(2) === 0 && { after: key() }),
        ...(random(2) === 0 && { limit: random(6) }),
      }
      for (const prefix of [[], ['k'], ['k', random(4)]])
        expect([...store.range(prefix, options)]).toEqual([...model.range(prefix, options)])
    }
    await store.close()
  })
})
