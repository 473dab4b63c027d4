import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { openState } from '../../src/state/open-state.ts'
import { filesIn } from '../../src/state/state-folder.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openStore, stateFolder } from '../support/open-stores.ts'
import { createTestLog } from '../support/test-log.ts'
import { until } from '../support/until.ts'

const minute = 60_000
const retryAfter = 10_000
const removed =
  'state.mdb was moved or removed; expected that it is moved back, or a restart, which begins an empty state'

async function open() {
  const [path, clock, { log, lines }] = [stateFolder(), createManualClock(), createTestLog()]
  const store = await openState({ path, maxBytes: 64 * 1024 ** 2, clock, log })
  await store.transaction((writer) => writer.put(['a'], 'before'))
  return { store, path, clock, lines, ...filesIn(path) }
}

describe('a state whose file is moved away', () => {
  it('is in memory, and on disk again when the file is moved back', async () => {
    const { store, path, data, clock, lines } = await open()
    renameSync(data, `${path}.old`)
    await store.transaction((writer) => writer.put(['b'], 'meanwhile'))
    expect(store.problem).toEqual({ reason: removed })
    expect([store.get(['a']), store.get(['b'])]).toEqual(['before', 'meanwhile'])
    renameSync(`${path}.old`, data)
    clock.advance(retryAfter)
    await until(() => store.isKept)
    await store.close()
    const { store: next } = await openStore(path)
    expect([...next.range([])].map(String)).toEqual(['a,before', 'b,meanwhile'])
    expect(lines.map(({ level, reason }) => [level, reason])).toEqual([
      [40, removed],
      [30, undefined],
    ])
  })

  it('is in memory within a minute when nothing is written', async () => {
    const { store, data, path, clock } = await open()
    renameSync(data, `${path}.old`)
    clock.advance(minute)
    await until(() => !store.isKept)
    expect(store.problem).toEqual({ reason: removed })
    await store.close()
  })
})

describe('a state whose folder is removed', () => {
  it('is in memory, also when there is an empty folder again', async () => {
    const { store, path, clock } = await open()
    rmSync(path, { recursive: true })
    await store.transaction((writer) => writer.put(['b'], 'meanwhile'))
    expect(store.problem).toEqual({ reason: removed })
    mkdirSync(path)
    clock.advance(retryAfter)
    await until(() => clock.pendingSleeps === 1)
    expect([store.isKept, store.get(['b'])]).toEqual([false, 'meanwhile'])
    await store.close()
  })
})

describe('a state whose file is replaced', () => {
  it('is in memory, and leaves the other file as it is', async () => {
    const { store, path, data } = await open()
    copyFileSync(data, `${path}.copy`)
    renameSync(`${path}.copy`, data)
    await store.transaction((writer) => writer.put(['b'], 'meanwhile'))
    expect(store.problem).toEqual({ reason: 'state.mdb was replaced by another file; a restart is needed' })
    await store.close()
    const { store: next } = await openStore(path)
    expect([...next.range([])].map(String)).toEqual(['a,before'])
  })
})
