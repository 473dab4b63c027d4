import { setImmediate as nextIteration } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { ResponseTime } from '../src/response-time.ts'

let isCounting = true
afterEach(() => {
  isCounting = false
})

/** A slice with a clock that work moves, and the pieces of each iteration of the event loop. */
function createIterations() {
  let now = 0
  const timeSlice = new ResponseTime(() => now)
  const iterations: string[][] = [[]]
  const count = async () => {
    isCounting = true
    while (isCounting) {
      await nextIteration()
      iterations.push([])
    }
  }
  void count()
  /** A piece of work that takes milliseconds. */
  const work = (name: string, milliseconds: number) => {
    iterations.at(-1)?.push(name)
    now += milliseconds
  }
  return { timeSlice, work, iterations: () => iterations.filter((pieces) => pieces.length > 0) }
}

describe('the time that all responses share', () => {
  it('is one slice in each iteration of the event loop', async () => {
    const { timeSlice, work, iterations } = createIterations()
    const run = async (name: string) => {
      await timeSlice.begin()
      work(name, 2)
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(run))
    expect(iterations()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
  })

  it('goes to work that has begun before other work', async () => {
    const { timeSlice, work, iterations } = createIterations()
    const run = async (name: string) => {
      await timeSlice.begin()
      for (let piece = 1; piece <= 3; piece += 1) {
        if (timeSlice.isOver()) await timeSlice.next()
        work(`${name}${piece}`, 12)
      }
    }
    await Promise.all([run('a'), run('b')])
    expect(iterations()).toEqual([['a1'], ['a2'], ['a3'], ['b1'], ['b2'], ['b3']])
  })

  it('is shared by work that has begun, in turn', async () => {
    const { timeSlice, work, iterations } = createIterations()
    const run = async (name: string) => {
      await timeSlice.begin()
      for (let piece = 1; piece <= 3; piece += 1) {
        work(`${name}${piece}`, 3)
        if (timeSlice.isOver()) await timeSlice.next()
      }
    }
    await Promise.all([run('a'), run('b')])
    expect(iterations().flat().sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
    for (const pieces of iterations()) expect(pieces.length).toBeLessThanOrEqual(2)
  })

  it('is not waited for while it lasts', async () => {
    const { timeSlice, work, iterations } = createIterations()
    for (let piece = 0; piece < 5; piece += 1) {
      await timeSlice.begin()
      work('a', 1)
    }
    expect(iterations()).toHaveLength(1)
  })
})
