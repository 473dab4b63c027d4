import { describe, expect, it } from '@jest/globals'
import { inspectFiles } from '../../src/state/inspection.ts'
import { keptKinds } from '../../src/state/kept-kinds.ts'
import { filesIn } from '../../src/state/state-folder.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { completeRows } from '../../src/upstream/cache/reading.ts'
import { systemClock as clock } from '../../src/upstream/clock.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { StateReadingCache } from '../../src/upstream/state/reading-cache.ts'
import { pageAt } from '../support/documentation.ts'
import { openStore } from '../support/open-stores.ts'

const names = Object.keys(keptKinds)
const identity = { parts: ['EXAMPLE', 'a-credential'], secret: 'hush-hush' }
const textKinds = ['x509', 'notify', 'notify-messages', 'notify-outages', 'notify-thresholds'] as const

/** Stores something in each way that there is. While it runs, a lease is held. */
async function whileAllIsStored(store: StateStore, work: () => Promise<void>) {
  const replicas = createSoleReplica(clock, store)
  const readings = new StateReadingCache(clock, store)
  const now = clock.elapsed()
  readings.keep(
    { identity, fields: ['id'], maxAge: 3_600_000, startedAfter: () => 0 },
    { rows: completeRows([{ id: 'a' }]), asOf: clock.now(), startedAt: now, readAt: now, bytes: 10 },
  )
  await readings.close()
  const limit = { resource: null, calls: 5, window: 60_000, source: 'https://example.com' }
  await replicas.rateLimitStore(identity, [limit]).tryAcquire('list')
  await replicas.changes(identity, 1_000).record()
  const { lease } = await replicas.requests(identity).acquire('key', 'owner')
  await lease?.save({ digest: 'd', sentAt: clock.now(), result: null })
  for (const kind of textKinds) await replicas.texts(kind).set('key', 'text')
  const { history } = replicas
  const commit = { place: 'p', version: 0, head: 'h', list: 'l', changes: ['c1', 'c2', 'c3'], usedNotes: [] }
  await history.commit(commit)
  await history.remove(1, new Map([['p', 1]]))
  await history.setNotes('p', new Map([['name', 'note']]))
  await replicas.lease('name').run(new AbortController().signal, async (_lost, _assertHeld, setNote) => {
    await setNote('note')
    await work()
  })
  await replicas.close()
}

describe('the kinds that are kept', () => {
  it('have the names of the documentation', () => {
    const [, table = ''] = pageAt('docs/operations.md').text.split('### What is stored where\n\n')
    const [, , ...rows] = (table.split('\n\n')[0] ?? '').split('\n').map((row) => row.split('|')[1]?.trim())
    expect(rows).toEqual(names)
  })

  it('have a name each, and their bookkeeping is counted in their size alone', async () => {
    const { store, path } = await openStore()
    await whileAllIsStored(store, async () => {
      const { kinds, failure } = await inspectFiles(filesIn(path).data)
      expect(failure).toBeNull()
      expect(kinds.map(({ kind, entries }) => [kind, entries])).toEqual([
        ['readings', 1],
        ['call logs', 1],
        ['requests', 1],
        ['X.509 details', 1],
        ['changes', 2],
        ['last lists', 1],
        ['webhook deliveries', 1],
        ['leases', 1],
        ['late deactivations', 1],
      ])
      const roots = new Set(
        [...store.range([])].map(([[first, second]]) => (first === 'history' ? `${first} ${second}` : first)),
      )
      expect([...roots].sort()).toEqual(Object.values(keptKinds).flat().sort())
    })
  })
})
