import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Changes, createChanges } from '../../src/changes/changes.ts'
import { createToObservedList } from '../../src/providers/observed-list.ts'
import type { PlacedCertificate } from '../../src/providers/place.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import { StateHistory } from '../../src/upstream/state-history.ts'
import { KeptState } from '../support/kept-state.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { createTestLog } from '../support/test-log.ts'

const day = 86_400_000
const place = { historyKey: 'key_of_a_place', provider: 'AKAMAI', id: 'place', vendorId: 'vendor', parent: null }

/** The ids that were made. */
let madeIds = 0
type Row = PlacedCertificate & { readonly key: string }
const rowOf = (key: string, values: Partial<Row> = {}): Row =>
  ({
    key,
    get id() {
      madeIds += 1
      return `id of ${key}`
    },
    name: key,
    expiresAt: null,
    active: true,
    declaredExpired: false,
    ...values,
  }) as Row
const toList = createToObservedList<Row>({
  replacementKey: ({ name }) => name,
  hasSameId: (row, other) => row.key === other.key,
})

let clock: ManualClock
let state: MemoryStateStore
let changes: Changes

function start() {
  changes = createChanges(new StateHistory(state, clock.now()), { clock, log: createTestLog().log })
  changes.recorder.use({ expiry: { critical: day, warning: 2 * day }, isCurrent: () => true, readingWait: () => 0 })
}

beforeEach(() => {
  clock = createManualClock()
  madeIds = 0
})
afterEach(() => changes.recorder.close())

/** The place is read again, some time later. */
async function read(...rows: readonly Row[]) {
  clock.advance(1_000)
  changes.recorder.listRead(toList(place, rows, { asOf: clock.now() }))
  await changes.recorder.settled()
}

async function recorded() {
  const last = await changes.history.last()
  const found = await changes.history.get(Array.from({ length: last }, (_, index) => index + 1))
  return found?.map(({ kind, name }) => `${kind} ${name}`)
}

describe.each([
  ['in memory', () => new MemoryStateStore()],
  ['on disk', () => new KeptState()],
])('a history that is kept %s', (_where, createState) => {
  beforeEach(() => {
    state = createState()
    start()
  })

  it('has what differs between two lists', async () => {
    await read(rowOf('a'), rowOf('b'))
    await read(rowOf('b', { active: false }), rowOf('c'))
    expect(await recorded()).toEqual(['DEACTIVATED b', 'APPEARED c', 'VANISHED a'])
    await read(rowOf('c'), rowOf('b', { active: false }))
    expect(await recorded()).toHaveLength(3)
  })

  it('compares a flag with the last one that was known', async () => {
    await read(rowOf('a'))
    await read(rowOf('a', { active: null }))
    await read(rowOf('a', { active: null }))
    expect(await recorded()).toEqual([])
    await read(rowOf('a', { active: false }), rowOf('b', { active: null }))
    await read(rowOf('a', { active: null }), rowOf('b'))
    await read(rowOf('a'), rowOf('b', { active: false }))
    expect(await recorded()).toEqual(['DEACTIVATED a', 'APPEARED b', 'ACTIVATED a', 'DEACTIVATED b'])
  })

  it('has the thresholds of the last list, each once', async () => {
    const expiresAt = clock.now() + 3 * day
    await read(rowOf('a', { expiresAt }), rowOf('b'))
    clock.advance(day)
    await read(rowOf('a', { expiresAt }))
    clock.advance(day)
    await read(rowOf('a', { expiresAt }), rowOf('late', { expiresAt }))
    clock.advance(day)
    await read(rowOf('late', { expiresAt }))
    expect(await recorded()).toEqual([
      'EXPIRING a',
      'VANISHED b',
      'EXPIRING a',
      'APPEARED late',
      'EXPIRED a',
      'EXPIRED late',
      'VANISHED a',
    ])
  })

  it('has the thresholds of a date that could not be read in between, each once', async () => {
    const expiresAt = clock.now() + 3 * day
    await read(rowOf('a', { expiresAt }), rowOf('b'))
    await read(rowOf('a'), rowOf('b'))
    clock.advance(day)
    await read(rowOf('a'))
    clock.advance(3 * day)
    await read(rowOf('a', { expiresAt }))
    clock.advance(day)
    expect(await recorded()).toEqual(['EXPIRING a', 'VANISHED b', 'EXPIRING a', 'EXPIRED a'])
  })

  it('compares no list that was read before the last one', async () => {
    await read(rowOf('a'))
    const late = toList(place, [], { asOf: clock.now() })
    await read(rowOf('a'), rowOf('b'))
    changes.recorder.listRead(late)
    await changes.recorder.settled()
    expect(await recorded()).toEqual(['APPEARED b'])
  })

  it('makes no id to compare a list with an equal one', async () => {
    const expiresAt = clock.now() + 9 * day
    await read(rowOf('a'), rowOf('b', { expiresAt }))
    madeIds = 0
    await read(rowOf('a'), rowOf('b', { expiresAt }))
    expect(madeIds).toBe(0)
  })
})

describe('a history that nothing outlives', () => {
  beforeEach(() => {
    state = new MemoryStateStore()
    start()
  })

  it('has no text of a list, and makes no id of the first one', async () => {
    await read(rowOf('a'), rowOf('b', { expiresAt: clock.now() + 9 * day }))
    expect(madeIds).toBe(0)
    await read(rowOf('a'))
    expect([...state.range(['history', 'list'])]).toEqual([])
    expect(await recorded()).toEqual(['VANISHED b'])
  })
})

/** A store on a disk without room: what is written waits in memory. */
class FullDisk extends MemoryStateStore {
  override get hasDisk(): boolean {
    return true
  }
}

describe('a history on a disk that is full', () => {
  it('has the texts of lists all the same: they are written when there is room', async () => {
    state = new FullDisk()
    start()
    await read(rowOf('a'))
    expect([...state.range(['history', 'list'])]).toHaveLength(1)
  })
})

describe('a history that another process continues', () => {
  it('is not compared with an older list because the clock of the other one is a little ahead', async () => {
    state = new KeptState()
    start()
    await read(rowOf('a'))
    const older = toList(place, [rowOf('a')], { asOf: clock.now() + 500 })
    const own = changes
    clock.adjustWallClock(3_000)
    start()
    await read(rowOf('a'), rowOf('b'))
    await changes.recorder.close()
    clock.adjustWallClock(-3_000)
    changes = own
    changes.recorder.listRead(older)
    await changes.recorder.settled()
    expect(await recorded()).toEqual(['APPEARED b'])
  })

  it('is compared with its list, not with the last one of this process', async () => {
    state = new KeptState()
    start()
    await read(rowOf('a'))
    const first = changes
    start()
    await read(rowOf('a'), rowOf('b'))
    await changes.recorder.close()
    changes = first
    await read(rowOf('a'), rowOf('b'))
    expect(await recorded()).toEqual(['APPEARED b'])
    await read(rowOf('b'))
    expect(await recorded()).toEqual(['APPEARED b', 'VANISHED a'])
  })
})
