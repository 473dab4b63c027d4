import { beforeEach, describe, expect, it } from '@jest/globals'
import { anonymousCaller } from '../../src/access/caller.ts'
import type { Operation } from '../../src/operation.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { createLoader } from '../../src/upstream/loader.ts'
import { failureOf } from '../support/vendor-call.ts'

interface Place {
  readonly id: string
}

let loaded: string[]

beforeEach(() => {
  loaded = []
})

const idOf = ({ id }: Place) => id
const place = (id: string): Place => ({ id })

const startOperation = (): Operation => ({
  requestId: 'r',
  now: 0,
  caller: anonymousCaller({ address: 'somewhere' }),
  deadline: 25_000,
  signal: new AbortController().signal,
  timeSlice: endlessTimeSlice,
})

const load = createLoader<Place, string>(async ({ id }) => {
  loaded.push(id)
  return `rows of ${id}`
}, idOf)

describe('a loader', () => {
  it('returns what the operation has loaded without a promise', async () => {
    const operation = startOperation()
    expect(load.loaded(operation, place('a'))).toBeUndefined()
    await load(operation, place('a'))
    expect(load.loaded(operation, place('a'))).toBe('rows of a')
    expect(load.loaded(startOperation(), place('a'))).toBeUndefined()
  })

  it('loads a key once per operation, also for equal keys that are different objects', async () => {
    const operation = startOperation()
    const asked = ['a', 'b', 'a'].map((id) => load(operation, place(id)))
    expect(await Promise.all(asked)).toEqual(['rows of a', 'rows of b', 'rows of a'])
    expect(await load(operation, place('b'))).toBe('rows of b')
    expect(loaded).toEqual(['a', 'b'])
  })

  it('loads a key again for the next operation', async () => {
    await load(startOperation(), place('a'))
    await load(startOperation(), place('a'))
    expect(loaded).toEqual(['a', 'a'])
  })

  it.each<[string, (place: Place) => Promise<string>]>([
    ['rejects', async () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('loads the other keys when one %s', async (_, fail) => {
    const loadSome = createLoader<Place, string>(
      (each) => (each.id === 'bad' ? fail(each) : Promise.resolve(each.id)),
      idOf,
    )
    const operation = startOperation()
    const [good, bad, better] = ['good', 'bad', 'better'].map((id) => loadSome(operation, place(id)))
    expect(await failureOf(bad as Promise<string>)).toEqual(new Error('no'))
    expect(await Promise.all([good, better])).toEqual(['good', 'better'])
  })

  it('reports a load that ended with its operation as a timeout', async () => {
    const over = new DOMException('time is up', 'TimeoutError')
    const ending = createLoader<Place, string>(async () => Promise.reject(over), idOf)
    const failure = await failureOf(ending(startOperation(), place('a')))
    expect(failure).toBeInstanceOf(UpstreamError)
    expect(failure).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      message: 'not read before the operation ended',
      cause: over,
    })
  })

  it('rejects with an Error, whatever was thrown', async () => {
    const odd = createLoader<Place, string>(async () => Promise.reject('text'), idOf)
    expect(await failureOf(odd(startOperation(), place('a')))).toMatchObject({
      message: 'a load failed without an error',
      cause: 'text',
    })
  })
})
