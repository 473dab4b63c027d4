import { describe, expect, it } from '@jest/globals'
import { SharedValue } from '../src/catalog/shared-value.ts'
import { SharedTimeSlice } from '../src/shared-time-slice.ts'
import { endlessTimeSlice, type TimeSlice, visitInSlices } from '../src/time-slice.ts'

/** The time of an operation that gets its slices from the test. */
function createMember() {
  const waits: { resolve(): void; reject(reason: unknown): void }[] = []
  const timeSlice: TimeSlice = {
    begin: async () => {},
    isOver: () => true,
    next: () => new Promise((resolve, reject) => waits.push({ resolve, reject })),
  }
  return {
    timeSlice,
    waiting: () => waits.length,
    grant: () => waits.shift()?.resolve(),
    end: (reason: unknown) => waits.shift()?.reject(reason),
  }
}

const settled = () => new Promise(setImmediate)

describe('the time of shared work', () => {
  it('continues in the first slice of any operation that waits for it', async () => {
    const [first, second] = [createMember(), createMember()]
    const shared = new SharedTimeSlice(first.timeSlice)
    let visited = 0
    const work = visitInSlices(Array.from({ length: 96 }), shared, () => {
      visited += 1
    })
    shared.join(second.timeSlice)
    for (const expected of [32, 64, 96]) {
      second.grant()
      await settled()
      expect(visited).toBe(expected)
    }
    await work
  })

  it('requests one slice of each operation at a time', async () => {
    const [first, second] = [createMember(), createMember()]
    const shared = new SharedTimeSlice(first.timeSlice)
    shared.join(second.timeSlice)
    for (let slice = 0; slice < 3; slice += 1) {
      const next = shared.next()
      expect([first.waiting(), second.waiting()]).toEqual([1, 1])
      second.grant()
      await next
    }
  })

  it('takes the slices of the others when one of the operations ends', async () => {
    const [first, second] = [createMember(), createMember()]
    const shared = new SharedTimeSlice(first.timeSlice)
    shared.join(second.timeSlice)
    const next = shared.next()
    first.end(new Error('left'))
    await settled()
    second.grant()
    await expect(next).resolves.toBeUndefined()
  })

  it('ends with the reason of the last operation', async () => {
    const [first, second] = [createMember(), createMember()]
    const shared = new SharedTimeSlice(first.timeSlice)
    shared.join(second.timeSlice)
    const next = shared.next()
    first.end(new Error('left'))
    second.end(new Error('late'))
    await expect(next).rejects.toThrow('late')
    await expect(shared.next()).rejects.toThrow('late')
  })
})

describe('a shared value', () => {
  it('is computed in the slices of an operation that waits for it', async () => {
    const first = createMember()
    const value = new SharedValue<readonly number[]>()
    const compute = async (timeSlice: TimeSlice) => {
      await timeSlice.next()
      return [1]
    }
    const begun = value.get(first.timeSlice, compute)
    expect(await value.get(endlessTimeSlice, async () => [2])).toEqual([1])
    expect(await begun).toEqual([1])
    expect(first.waiting()).toBe(1)
  })

  it('is computed by the next operation when the one that has begun ends', async () => {
    const first = createMember()
    const value = new SharedValue<readonly number[]>()
    const begun = value.get(first.timeSlice, async (timeSlice) => {
      await timeSlice.next()
      return [1]
    })
    first.end(new Error('left'))
    await expect(begun).rejects.toThrow('left')
    expect(await value.get(endlessTimeSlice, async () => [2])).toEqual([2])
  })
})
