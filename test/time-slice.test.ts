import { describe, expect, it } from '@jest/globals'
import {
  endlessTimeSlice,
  filterInSlices,
  mapInSlices,
  runInSlices,
  sortInSlices,
  type TimeSlice,
  visitInSlices,
  visitWeighed,
} from '../src/time-slice.ts'
import { createShortSlices } from './support/short-slices.ts'

const numbers = Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 5_003)

describe('work in slices', () => {
  it('visits each item once and in order, with a slice for every few items', async () => {
    const { timeSlice, count: slices } = createShortSlices()
    const visited: number[] = []
    await visitInSlices(numbers, timeSlice, (number, index) => visited.push(number + index))
    expect(visited).toEqual(numbers.map((number, index) => number + index))
    expect(slices()).toBeGreaterThan(100)
  })

  it('visits items with much work in more slices', async () => {
    const { timeSlice, count: slices } = createShortSlices()
    const visited: number[] = []
    const weigh = (number: number) => (number % 2 === 0 ? 100 : 1)
    await visitWeighed(numbers.slice(0, 640), timeSlice, weigh, (number) => visited.push(number))
    expect(visited).toEqual(numbers.slice(0, 640))
    const heavy = visited.filter((number) => weigh(number) > 1).length
    expect(slices()).toBeGreaterThanOrEqual(heavy)
    expect(slices()).toBeLessThanOrEqual(heavy + 640 / 32 + 1)
  })

  it('filters, and returns the same array when everything is accepted', async () => {
    const { timeSlice } = createShortSlices()
    expect(await filterInSlices(numbers, timeSlice, (number) => number % 2 === 0)).toEqual(
      numbers.filter((number) => number % 2 === 0),
    )
    expect(await filterInSlices(numbers, timeSlice, () => true)).toBe(numbers)
  })

  it.each([0, 1, 2, 1_024, 1_025, 5_000])(
    'sorts %i items like Array.sort, and keeps equal ones in order',
    async (count) => {
      const { timeSlice } = createShortSlices()
      const items = numbers.slice(0, count).map((number, index) => ({ key: number % 100, index }))
      const compare = (a: { readonly key: number }, b: { readonly key: number }) => a.key - b.key
      expect(await sortInSlices(items, timeSlice, compare)).toEqual([...items].sort(compare))
      expect(await sortInSlices(items, endlessTimeSlice, compare)).toEqual([...items].sort(compare))
    },
  )

  it('takes many slices to sort a long list', async () => {
    const { timeSlice, count: slices } = createShortSlices()
    await sortInSlices(numbers, timeSlice, (a, b) => a - b)
    expect(slices()).toBeGreaterThan(10)
  })

  it('runs a limited number of works at the same time, and each once', async () => {
    const { timeSlice } = createShortSlices()
    let running = 0
    let most = 0
    const done: number[] = []
    const open: TimeSlice = { ...timeSlice, isOver: () => false }
    await runInSlices(numbers, open, async (number) => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      done.push(number)
    })
    expect(most).toBe(20)
    expect(done.sort((a, b) => a - b)).toEqual([...numbers].sort((a, b) => a - b))
  })

  it('begins lookups in slices, and has a slice for each result of those that end together', async () => {
    const grants: (() => void)[] = []
    const timeSlice: TimeSlice = {
      ...endlessTimeSlice,
      isOver: () => true,
      next: () => new Promise((resolve) => grants.push(resolve)),
    }
    const grant = async (count: number) => {
      for (let each = 0; each < count; each += 1) {
        grants.shift()?.()
        await new Promise(setImmediate)
      }
    }
    let begun = 0
    let done = 0
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const results = mapInSlices(['a', 'b', 'c'], timeSlice, async (item, index) => {
      begun += 1
      await ended
      if (index === 1) throw new Error(item)
      return item
    })
    const settled = Promise.allSettled(results)
    await new Promise(setImmediate)
    for (const result of results) result.then(() => (done += 1)).catch(() => (done += 1))
    expect(begun).toBe(0)
    await grant(2)
    expect(begun).toBe(2)
    await grant(1)
    end()
    await new Promise(setImmediate)
    expect(done).toBe(0)
    await grant(2)
    expect(done).toBe(2)
    await grant(1)
    expect(await settled).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: new Error('b') },
      { status: 'fulfilled', value: 'c' },
    ])
  })

  it('stops when the operation ends', async () => {
    const ended: TimeSlice = { ...endlessTimeSlice, isOver: () => true, next: () => Promise.reject(new Error('ended')) }
    let visited = 0
    const visit = () => {
      visited += 1
    }
    await expect(visitInSlices(numbers, ended, visit)).rejects.toThrow('ended')
    await expect(runInSlices(numbers, ended, async () => visit())).rejects.toThrow('ended')
    await expect(sortInSlices(numbers, ended, (a, b) => a - b)).rejects.toThrow('ended')
    expect(visited).toBe(0)
  })
})
