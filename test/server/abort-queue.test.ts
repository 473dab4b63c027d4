import { beforeEach, describe, expect, it } from '@jest/globals'
import { AbortQueue } from '../../src/server/abort-queue.ts'

describe('operations that are aborted together', () => {
  let now: number
  let queue: AbortQueue
  let aborted: number[]
  beforeEach(() => {
    now = 0
    aborted = []
    queue = new AbortQueue({ elapsed: () => now })
  })

  /** Aborts an operation whose fields take some milliseconds to fail, after its signal has. */
  const abort = (id: number, milliseconds: number) => () => {
    aborted.push(id)
    Promise.resolve()
      .then(() => {
        now += milliseconds
      })
      .catch(() => {})
  }
  const iteration = () => new Promise(setImmediate)

  it('fail one after another, and for few milliseconds of each iteration', async () => {
    for (let id = 0; id < 20; id += 1) queue.add(abort(id, 6))
    expect(aborted).toEqual([0])
    let before = 1
    while (aborted.length < 20) {
      await iteration()
      expect(aborted.length - before).toBeLessThanOrEqual(2)
      before = aborted.length
    }
    expect(aborted).toEqual(Array.from({ length: 20 }, (_, id) => id))
  })

  it('fail soon when they have little to do', async () => {
    for (let id = 0; id < 2_000; id += 1) queue.add(abort(id, 0))
    let iterations = 0
    for (; aborted.length < 2_000; iterations += 1) await iteration()
    expect(iterations).toBeLessThan(100)
  })

  it('are left out when they have ended meanwhile', async () => {
    const second = abort(1, 0)
    queue.add(abort(0, 0))
    queue.add(second)
    queue.add(abort(2, 0))
    queue.remove(second)
    await iteration()
    await iteration()
    expect(aborted).toEqual([0, 2])
  })

  it('are aborted at once when there are no others', async () => {
    queue.add(abort(0, 100))
    await iteration()
    await iteration()
    queue.add(abort(1, 100))
    expect(aborted).toEqual([0, 1])
  })
})
