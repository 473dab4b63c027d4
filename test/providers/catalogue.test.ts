import { beforeEach, describe, expect, it } from '@jest/globals'
import { AnswerBasis } from '../../src/answer-basis.ts'
import { CertificateList, certificateOrdering } from '../../src/catalog/certificate-list.ts'
import { mergeLists } from '../../src/catalog/merge.ts'
import { sortRows } from '../../src/catalog/ordering.ts'
import type { Operation } from '../../src/operation.ts'
import { Catalogue, type CatalogueReading } from '../../src/providers/catalogue.ts'
import type { CertificateHolder, PlacedCertificate, Source } from '../../src/providers/place.ts'
import { configuredSource } from '../../src/providers/source.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import type { Reading } from '../../src/upstream/cache/reading.ts'
import { ReadingEvents } from '../../src/upstream/cache/reading-events.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { createOperation } from '../support/operation.ts'

type List = CertificateList<PlacedCertificate>

const ttl = 60_000
const ordering = certificateOrdering()
const events = new ReadingEvents()
let clock: ManualClock
/** The keys of the places that were looked at. */
let visited: string[]

/** A place whose reading a test replaces. */
interface TestPlace extends CertificateHolder {
  /** What a read returns. */
  next: Reading<List> | UpstreamError
  readAt: number
  /** Whether a read has to wait. */
  waits: boolean
  /** Whether the cache had no room for its reading. */
  isEvicted: boolean
}

function createPlace(key: string, expiries: readonly (number | null)[]): TestPlace {
  const place = {
    id: key,
    vendorId: key,
    readingKey: key,
    name: null,
    readAt: clock.elapsed(),
    waits: false,
    isEvicted: false,
    next: readingOf(key, expiries),
    async read() {
      if (place.next instanceof UpstreamError) throw place.next
      return place.next
    },
    readKept() {
      visited.push(key)
      return place.waits || place.next instanceof UpstreamError ? null : place.next
    },
    freshUntil: (reading: Reading<List>) => {
      const isFresh =
        reading === place.next && reading.error === null && !place.isEvicted && clock.elapsed() < place.readAt + ttl
      return isFresh ? place.readAt + ttl : null
    },
    lastList: () => (place.next instanceof UpstreamError || place.isEvicted ? null : place.next.value),
    onReadingChange: (listener: () => void) => events.subscribe(key, listener),
  }
  return place as unknown as TestPlace
}

let rows = 0
function readingOf(key: string, expiries: readonly (number | null)[]): Reading<List> {
  const certificates = expiries.map((expiresAt) => {
    rows += 1
    return {
      id: `${key} ${rows}`,
      expiresAt,
      deleted: rows % 7 === 0,
      provider: 'EXAMPLE',
      x509: {},
      place: { id: key },
    }
  })
  const value = new CertificateList(certificates as unknown as readonly PlacedCertificate[])
  return { value, asOf: clock.now(), startedAt: clock.elapsed(), stale: false, error: null }
}

/** The vendor's answer changes, and the cache has it. */
function change(place: TestPlace, next: TestPlace['next']): void {
  Object.assign(place, { next, readAt: clock.elapsed() })
  events.publish(place.readingKey)
}

/** The cache has no room for the reading any more. */
function evict(place: TestPlace): void {
  place.isEvicted = true
  events.publish(place.readingKey)
}

let places: readonly TestPlace[]
let discoveries: readonly Source[]
let catalogue: Catalogue

beforeEach(() => {
  clock = createManualClock()
  visited = []
  rows = 0
  discoveries = []
  places = Array.from({ length: 600 }, (_, index) => createPlace(`p${index}`, [index % 50, null]))
  catalogue = new Catalogue(clock, {
    findKept: () => ({ items: places, sources: discoveries }),
    find: async () => ({ items: places, sources: discoveries }),
  })
})

/** Reads all places in an operation of its own. Returns the places that were looked at. */
async function read(operation: Operation = createOperation()) {
  visited = []
  const reading = (await catalogue.read(operation)) as CatalogueReading
  return { version: reading.version, visited: [...visited] }
}

async function idsOf({ version }: Pick<CatalogueReading, 'version'>): Promise<readonly string[]> {
  const sorted = await version.sorted('all', ordering, endlessTimeSlice)
  return Array.from({ length: sorted.length }, (_, index) => sorted.at(index)?.id ?? '')
}

function placeAt(index: number): TestPlace {
  return places[index] as TestPlace
}

const refused = () => new UpstreamError('UPSTREAM_FORBIDDEN', 'refused')

describe('the places of a catalogue', () => {
  it('are not looked at again while nothing has changed', async () => {
    const first = await read()
    expect(first.visited).toHaveLength(600)
    const second = await read()
    expect(second.visited).toEqual([])
    expect(second.version).toBe(first.version)
  })

  it('begin their readings in slices, which include the work after the first promises', async () => {
    let work = 0
    for (const place of places) {
      const { read } = place
      Object.assign(place, {
        waits: true,
        read: async (operation: Operation) => {
          for (let promise = 0; promise < 20; promise += 1) await null
          work += 1
          return read(operation)
        },
      })
    }
    const done: number[] = []
    const next = async () => {
      done.push(work)
      work = 0
    }
    await read(createOperation({ timeSlice: { ...endlessTimeSlice, isOver: () => work === 30, next } }))
    expect(done).toEqual(new Array(20).fill(30))
  })

  it('are looked at when their reading is due', async () => {
    Object.assign(placeAt(3), { readAt: clock.elapsed() + 1_000 })
    await read()
    clock.advance(ttl)
    expect((await read()).visited).toHaveLength(599)
    clock.advance(1_000)
    expect((await read()).visited).toHaveLength(600)
  })

  it('are looked at alone when their reading has changed', async () => {
    const before = await idsOf(await read())
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    const after = await read()
    expect(after.visited).toEqual(['p7'])
    const ids = await idsOf(after)
    expect(ids).toHaveLength(before.length + 1)
    expect(ids.filter((id) => id.startsWith('p7 '))).toHaveLength(3)
    expect((await read()).visited).toEqual([])
  })

  it('are looked at by every operation while they fail, and no longer when they succeed', async () => {
    await read()
    change(placeAt(7), refused())
    const failed = await read()
    expect(failed.version.problems).toMatchObject([{ status: 'FAILED', error: { code: 'UPSTREAM_FORBIDDEN' } }])
    expect(failed.version.sources).toHaveLength(600)
    expect(await idsOf(failed)).toHaveLength(1_198)
    expect((await read()).visited).toEqual(['p7'])
    change(placeAt(7), readingOf('p7', [1]))
    const recovered = await read()
    expect(recovered.version.problems).toEqual([])
    expect(await idsOf(recovered)).toHaveLength(1_199)
    expect((await read()).visited).toEqual([])
  })

  it('have their rows marked as stale while their reading cannot be refreshed', async () => {
    const { version: fresh } = await read()
    const reading = placeAt(7).next as Reading<List>
    change(placeAt(7), { ...reading, stale: true, error: refused() })
    const { version } = await read()
    expect(version.problems).toMatchObject([{ status: 'STALE', place: { id: 'p7' } }])
    const order = await version.sorted('all', ordering, endlessTimeSlice)
    const states = Array.from({ length: order.length }, (_, index) => version.readingOf(order.originAt(index)))
    expect(states.filter(({ stale }) => stale)).toHaveLength(2)
    expect(fresh.problems).toEqual([])
    change(placeAt(7), reading)
    expect((await read()).version.problems).toEqual([])
  })

  it('are found and lost by discoveries', async () => {
    await read()
    places = [createPlace('new', [5]), ...places.slice(1)]
    const after = await read()
    expect(after.visited).toEqual(['new'])
    expect(after.version.sources.map(({ place }) => place.id).slice(0, 2)).toEqual(['new', 'p1'])
    const ids = await idsOf(after)
    expect(ids.filter((id) => id.startsWith('p0 '))).toEqual([])
    expect(ids.filter((id) => id.startsWith('new '))).toHaveLength(1)
    expect((await read()).visited).toEqual([])
  })

  it('are reported as the last discovery has created them', async () => {
    await read()
    places = places.map((place) => ({ ...place, name: 'renamed' }))
    const { version, visited: again } = await read()
    expect(again).toEqual([])
    expect(version.sources.every(({ place }) => place.name === 'renamed')).toBe(true)
  })

  it('have one reading for all fields of an operation', async () => {
    const operation = createOperation()
    const { version } = await read(operation)
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    expect((await read(operation)).version).toBe(version)
  })

  it('are not read for a caller with a list of places', async () => {
    const caller = { ...createOperation().caller, places: new Set(['p1']) }
    expect(await catalogue.read(createOperation({ caller }))).toBeNull()
    expect(visited).toEqual([])
  })

  it('are read again when an operation ends before it has the order', async () => {
    const ended = { ...endlessTimeSlice, isOver: () => true, next: () => Promise.reject(new Error('ended')) }
    await read()
    await (await read()).version.sorted('all', ordering, endlessTimeSlice)
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    await expect(read(createOperation({ timeSlice: ended }))).rejects.toThrow('ended')
    const { version, visited: again } = await read()
    expect(again).toEqual(['p7'])
    expect(version.stateOf('p7')?.source.certificateCount).toBe(3)
  })

  it('are not kept when the cache has no room for them', async () => {
    await read()
    placeAt(7).isEvicted = true
    events.publish('p7')
    const { version, visited: again } = await read()
    expect(again).toHaveLength(600)
    expect(version.sources).toHaveLength(600)
    expect((await read()).visited).toHaveLength(600)
    placeAt(7).isEvicted = false
    await read()
    expect((await read()).visited).toEqual([])
  })

  it('are updated in the slices of every operation that waits for it', async () => {
    await read()
    const order = await (await read()).version.sorted('all', ordering, endlessTimeSlice)
    expect(order.length).toBe(1_200)
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    const never = { ...endlessTimeSlice, isOver: () => true, next: () => new Promise<void>(() => {}) }
    const stuck = catalogue.read(createOperation({ timeSlice: never }))
    await new Promise(setImmediate)
    const { version } = await read()
    expect(await stuck).toMatchObject({ version })
    expect(version.stateOf('p7')?.source.certificateCount).toBe(3)
  })

  /** An operation whose work on the order waits for `during` once. */
  function pausing(during: () => Promise<void>): Operation {
    let isOver = true
    const next = () => {
      isOver = false
      return during()
    }
    return createOperation({ timeSlice: { ...endlessTimeSlice, isOver: () => isOver, next } })
  }

  it('are looked at again when one is evicted while an operation works on the order', async () => {
    await (await read()).version.sorted('all', ordering, endlessTimeSlice)
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    await read(pausing(async () => evict(placeAt(8))))
    placeAt(8).isEvicted = false
    change(placeAt(9), readingOf('p9', [1, 2, 3]))
    expect((await read()).version.stateOf('p9')?.source.certificateCount).toBe(3)
    change(placeAt(9), readingOf('p9', [1]))
    expect((await read()).version.stateOf('p9')?.source.certificateCount).toBe(1)
  })

  it('are all read when one is evicted while an operation waits for another one', async () => {
    await (await read()).version.sorted('all', ordering, endlessTimeSlice)
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const first = catalogue.read(pausing(() => gate))
    await new Promise(setImmediate)
    const second = read(pausing(() => gate))
    await new Promise(setImmediate)
    evict(placeAt(8))
    go()
    await first
    const { version } = await second
    expect(version.sources).toHaveLength(600)
    expect(await idsOf({ version })).toHaveLength(1_201)
  })

  it('have the same version while they fail in the same way', async () => {
    const error = refused()
    change(placeAt(7), error)
    const { version } = await read()
    const again = await read()
    expect(again.visited).toEqual(['p7'])
    expect(again.version).toBe(version)
    change(placeAt(7), refused())
    expect((await read()).version).not.toBe(version)
  })

  it('are those of the newer discovery when two operations update at the same time', async () => {
    await read()
    const older = places
    const first = catalogue.read(createOperation())
    await new Promise(setImmediate)
    places = older.slice(1)
    const second = catalogue.read(createOperation())
    await Promise.all([first, second])
    expect((await read()).version.sources).toHaveLength(599)
  })
})

describe('an answer that was made from a catalogue', () => {
  /** An operation whose readings are all kept in the catalogue: it looks at no place itself. */
  async function answer() {
    const basis = new AnswerBasis(clock.elapsed())
    const { visited: looked } = await read(createOperation({ basis }))
    return { basis, looked, isCurrent: () => basis.isShareable && basis.isCurrentAt(clock.elapsed()) }
  }

  it('is current while nothing changes, until the first reading is due', async () => {
    Object.assign(placeAt(3), { readAt: clock.elapsed() - 1_000 })
    await read()
    const { looked, isCurrent } = await answer()
    expect([looked, isCurrent()]).toEqual([[], true])
    clock.advance(ttl - 1_001)
    expect(isCurrent()).toBe(true)
    clock.advance(1)
    expect(isCurrent()).toBe(false)
  })

  it.each<[string, (place: TestPlace) => void]>([
    ['is made again', (place) => change(place, readingOf(place.readingKey, [1]))],
    ['fails', (place) => change(place, refused())],
    ['is evicted', (place) => evict(place)],
  ])('is outdated when a reading %s', async (_what, end) => {
    await read()
    const { looked, isCurrent } = await answer()
    expect([looked, isCurrent()]).toEqual([[], true])
    end(placeAt(7))
    expect(isCurrent()).toBe(false)
  })

  it('depends on a reading that another operation has made meanwhile', async () => {
    await read()
    change(placeAt(7), readingOf('p7', [1]))
    change(placeAt(8), refused())
    const [first, second] = await Promise.all([answer(), answer()])
    expect([first.isCurrent(), second.isCurrent()]).toEqual([true, true])
    change(placeAt(7), readingOf('p7', [1, 2]))
    expect([first.isCurrent(), second.isCurrent()]).toEqual([false, false])
  })

  it('is outdated when a reading changes while the operation waits for another place', async () => {
    await read()
    change(placeAt(8), placeAt(8).next)
    placeAt(8).waits = true
    const pending = answer()
    change(placeAt(7), readingOf('p7', [1, 2, 3]))
    expect((await pending).isCurrent()).toBe(false)
  })

  it('is outdated when a reading is due while the operation waits for another place', async () => {
    Object.assign(placeAt(3), { readAt: clock.elapsed() - 1_000 })
    await read()
    change(placeAt(8), placeAt(8).next)
    placeAt(8).waits = true
    const pending = answer()
    clock.advance(ttl - 1_000)
    expect((await pending).isCurrent()).toBe(false)
  })
})

describe('a version of a catalogue', () => {
  it.each([1, 2, 3])('has the rows of a merge of all lists after random changes (%i)', async (seed) => {
    let state = seed
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const expiries = () => Array.from({ length: random(40) }, () => (random(8) === 0 ? null : random(100)))
    places = places.slice(0, 12)
    for (let step = 0; step < 60; step += 1) {
      const place = places[random(places.length)] as TestPlace
      const action = random(6)
      if (action === 0) change(place, refused())
      else if (action === 1 && !(place.next instanceof UpstreamError))
        change(place, { ...place.next, stale: true, error: refused() })
      else if (action === 2) clock.advance(random(ttl))
      else if (action === 3) places = places.length > 5 ? places.filter((each) => each !== place) : places
      else if (action === 4) places = [...places, createPlace(`new ${step}`, expiries())]
      else change(place, readingOf(place.readingKey, expiries()))
      place.waits = random(4) === 0

      const { version } = await read()
      const kept = places.flatMap(({ next }) => (next instanceof UpstreamError ? [] : [next]))
      for (const rows of ['all', 'present'] as const) {
        const lists = await Promise.all(
          kept.map(({ value }) => sortRows(rows === 'all' ? value.rows : value.present, ordering, endlessTimeSlice)),
        )
        const window = { count: 1_000, from: 'start', after: null, before: null } as const
        const { rows: merged } = await mergeLists(lists, ordering, window, endlessTimeSlice)
        const order = await version.sorted(rows, ordering, endlessTimeSlice)
        const found = Array.from({ length: order.length }, (_, index) => ({
          id: order.at(index)?.id,
          stale: version.readingOf(order.originAt(index)).stale,
        }))
        expect(found).toEqual(merged.map(({ row, list }) => ({ id: row.id, stale: kept[list]?.stale })))
      }
      expect(version.sources.map(({ status }) => status)).toEqual(
        places.map(({ next }) => (next instanceof UpstreamError ? 'FAILED' : next.stale ? 'STALE' : 'OK')),
      )
    }
  })

  it('keeps the reports on discoveries apart', async () => {
    discoveries = [configuredSource(placeAt(0))]
    const reading = await catalogue.read(createOperation())
    expect(reading?.discoveries).toBe(discoveries)
    expect(reading?.version.sources).toHaveLength(600)
  })
})
