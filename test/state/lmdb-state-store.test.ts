import { mkdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { LmdbStateStore } from '../../src/state/lmdb-state-store.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import { filesIn } from '../../src/state/state-folder.ts'
import type { StateKey, StateProblem } from '../../src/state/state-store.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openStore, stateFolder } from '../support/open-stores.ts'

/** A store whose disk fails when the test says so. */
function openOnDisk(path = stateFolder()) {
  mkdirSync(path, { recursive: true })
  const clock = createManualClock()
  const disk: { problem: StateProblem | null } = { problem: null }
  const reported: (string | null)[] = []
  const store = new LmdbStateStore({
    path: filesIn(path).data,
    maxBytes: 64 * 1024 ** 2,
    clock,
    checkDisk: async () => disk.problem,
    explain: async (error) => ({ reason: String(error) }),
    onProblem: (problem) => reported.push(problem?.reason ?? null),
  })
  return { store, disk, clock, path, reported }
}

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
