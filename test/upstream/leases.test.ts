import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import type { Clock } from '../../src/upstream/clock.ts'
import { LeaseLostError, LeaseUnavailableError, type SharedLease } from '../../src/upstream/shared-lease.ts'
import { createStateLeases } from '../../src/upstream/state-leases.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { setUpReplicas } from '../support/redis/joined.ts'
import { describeWithRedis } from '../support/redis/redis-server.ts'
import { until } from '../support/redis/until.ts'
import { createFullState, createSharedState } from '../support/shared-state.ts'

const never = new AbortController().signal
const ttl = 5_000

/** A work that has the lease until the test ends it. */
function hold(lease: SharedLease, signal = never) {
  let end = () => {}
  let held = () => {}
  let assertHeld = () => {}
  const state = { lost: null as AbortSignal | null }
  const begun = new Promise<void>((resolve) => {
    held = resolve
  })
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const done = lease.run(signal, async (lost, assert) => {
    state.lost = lost
    assertHeld = assert
    held()
    await ended
  })
  done.catch(() => {})
  return { begun, done, state, end: () => end(), assertHeld: () => assertHeld() }
}

/** Moves the clock in steps, so that timers which begin meanwhile count too. */
async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    clock.advance(50)
    await new Promise(setImmediate)
  }
}

describe('a lease of processes that share a state', () => {
  let clock: ManualClock
  let state: StateStore
  beforeEach(() => {
    clock = createManualClock()
    state = createSharedState()
  })
  const join = (own: Clock = clock, name = 'org') => createStateLeases(state, own)(name)

  it('is held by one process at a time', async () => {
    const first = hold(join())
    await first.begun
    const second = hold(join())
    await pass(clock, 60_000)
    expect(second.state.lost).toBeNull()
    expect(first.state.lost?.aborted).toBe(false)
    first.assertHeld()
    first.end()
    await first.done
    await pass(clock, 200)
    await second.begun
    second.end()
    await second.done
    expect([...state.range([])]).toEqual([])
  })

  it('is another one than that of another name', async () => {
    const first = hold(join())
    const second = hold(join(clock, 'another'))
    await Promise.all([first.begun, second.begun])
    for (const each of [first, second]) each.end()
    await Promise.all([first.done, second.done])
  })

  it('lets the works of a process wait in their order', async () => {
    const lease = join()
    const order: number[] = []
    await Promise.all([1, 2, 3].map((work) => lease.run(never, async () => order.push(work))))
    expect(order).toEqual([1, 2, 3])
  })

  it('is tried without waiting', async () => {
    const [first, second] = [join(), join()]
    const held = hold(first)
    await held.begun
    const work = async () => 'done'
    expect(await second.tryRun(work)).toBeNull()
    expect(await first.tryRun(work)).toBeNull()
    held.end()
    await held.done
    expect(await second.tryRun(work)).toEqual({ result: 'done' })
  })

  it.each(['in the same process', 'in another process'])(
    'does not begin a work whose signal aborts: %s',
    async (where) => {
      const lease = join()
      const first = hold(lease)
      await first.begun
      const leaving = new AbortController()
      const second = hold(where === 'in the same process' ? lease : join(), leaving.signal)
      await pass(clock, 200)
      leaving.abort(new Error('left'))
      await expect(second.done).rejects.toThrow('left')
      first.end()
      await first.done
      await pass(clock, 200)
      expect(second.state.lost).toBeNull()
      expect(await join().tryRun(async () => 'free')).toEqual({ result: 'free' })
    },
  )

  it('ends five seconds after the last renewal of a process that was killed', async () => {
    // A clock that does not move: the process never wakes up.
    const killed = hold(join({ ...createManualClock(), now: clock.now }))
    await killed.begun
    const next = hold(join())
    await pass(clock, ttl - 100)
    expect(next.state.lost).toBeNull()
    await pass(clock, 300)
    await next.begun
    next.end()
    await next.done
  })

  it('is lost for a process that was suspended, before it does anything else', async () => {
    const own = createManualClock()
    const suspended = hold(join(own))
    await suspended.begun
    suspended.assertHeld()
    // Time passes, and no timer of the process has run yet.
    own.adjustWallClock(ttl + 1)
    clock.advance(ttl + 1)
    expect(suspended.state.lost?.aborted).toBe(false)
    const next = hold(join())
    await next.begun
    expect(suspended.assertHeld).toThrow(LeaseLostError)
    own.advance(500)
    await until(() => suspended.state.lost?.aborted === true)
    expect(suspended.state.lost?.reason).toBeInstanceOf(LeaseLostError)
    suspended.end()
    await suspended.done
    // Its release does not end the lease of the other one.
    expect(await join().tryRun(async () => 'free')).toBeNull()
    next.end()
    await next.done
  })

  it('does not wait for a lease from before the wall clock was set back', async () => {
    const killed = hold(join({ ...createManualClock(), now: clock.now }))
    await killed.begun
    clock.adjustWallClock(-3_600_000)
    const next = hold(join())
    await next.begun
    next.end()
    await next.done
  })

  it('is released when the work fails', async () => {
    await expect(join().run(never, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(await join().tryRun(async () => 'free')).toEqual({ result: 'free' })
  })

  describe('on a disk that cannot be written', () => {
    it('is not available while another process has the state open', async () => {
      const full = createFullState()
      const lease = createStateLeases(full.state, clock)('org')
      full.disk.isFull = true
      const work = async () => 'done'
      await expect(lease.run(never, work)).rejects.toMatchObject({
        constructor: LeaseUnavailableError,
        reason: 'the state cannot be written',
      })
      expect(await lease.run(never, work, { isOptional: true })).toBe('done')
      full.disk.isShared = false
      expect(await lease.run(never, work)).toBe('done')
      full.disk.isShared = true
      full.disk.isFull = false
      expect(await lease.run(never, work)).toBe('done')
    })

    it('is lost for its holder when another process opens the state', async () => {
      const full = createFullState()
      full.disk.isFull = true
      full.disk.isShared = false
      const held = hold(createStateLeases(full.state, clock)('org'))
      await held.begun
      await pass(clock, ttl)
      held.assertHeld()
      full.disk.isShared = true
      await pass(clock, ttl)
      expect(held.assertHeld).toThrow(LeaseLostError)
      held.end()
      await held.done
    })

    it('is still tried by each process', async () => {
      const full = createFullState()
      const lease = createStateLeases(full.state, clock)('webhook')
      full.disk.isFull = true
      expect(await lease.tryRun(async () => 'sent')).toEqual({ result: 'sent' })
    })
  })

  it('is one of the process alone, without timers, when the state is in memory', async () => {
    state = new MemoryStateStore()
    const lease = join()
    const first = hold(lease)
    await first.begun
    expect(clock.pendingSleeps).toBe(0)
    expect(await lease.tryRun(async () => 'done')).toBeNull()
    expect(await join().tryRun(async () => 'done')).toEqual({ result: 'done' })
    expect([...state.range([])]).toEqual([])
    first.end()
    await first.done
  })
})

describeWithRedis('a lease of replicas', () => {
  const replicas = setUpReplicas()
  const join = (clock?: Clock) => replicas.join(clock).replica.lease('org')
  const keys = async () => [...(await replicas.redis.dump()).keys()].filter((key) => key.endsWith(':holder'))

  it('is held by one replica at a time', async () => {
    const leases = [join(), join(), join()]
    let holders = 0
    let most = 0
    await Promise.all(
      leases.map((lease) =>
        lease.run(never, async (lost, assertHeld) => {
          holders += 1
          most = Math.max(most, holders)
          await new Promise((resolve) => setTimeout(resolve, 100))
          assertHeld()
          expect(lost.aborted).toBe(false)
          holders -= 1
        }),
      ),
    )
    expect(most).toBe(1)
    await until(async () => (await keys()).length === 0)
  })

  it('is renewed while it is held, and recorded again after Redis lost it', async () => {
    const held = hold(join())
    await held.begun
    await replicas.redis.use((client) => client.flushall())
    await until(async () => (await keys()).length > 0)
    expect(await join().tryRun(async () => 'done')).toBeNull()
    held.assertHeld()
    held.end()
    await held.done
  })

  it('is not given to another replica after Redis lost it, before its holder has recorded it again with its note', async () => {
    const clock = createManualClock()
    const [first, second] = [join(clock), join()]
    // Both have seen the records before they are lost.
    await second.run(never, async () => {})
    let end = () => {}
    const held = first.run(never, async (_lost, assertHeld, setNote) => {
      await setNote('in flight')
      await new Promise<void>((resolve) => {
        end = resolve
      })
      assertHeld()
    })
    await until(async () => (await second.readNote()) === 'in flight')
    await replicas.redis.use((client) => client.flushall())
    const notes: (string | null)[] = []
    const waiting = second.run(never, async () => notes.push(await second.readNote()))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(notes).toEqual([])
    clock.advance(500)
    await until(async () => (await keys()).length > 0)
    end()
    await held
    await waiting
    expect(notes).toEqual(['in flight'])
  }, 20_000)

  it('is given to another replica five seconds after Redis lost it with its holder', async () => {
    const [killed, other] = [hold(join(createManualClock())), join()]
    await killed.begun
    expect(await other.tryRun(async () => 'done')).toBeNull()
    await replicas.redis.use((client) => client.flushall())
    const lostAt = Date.now()
    expect(await other.run(never, async () => 'done')).toBe('done')
    expect(Date.now() - lostAt).toBeGreaterThanOrEqual(ttl - 100)
    killed.end()
  }, 20_000)

  it('is lost when another replica has it', async () => {
    const held = hold(join())
    await held.begun
    await replicas.redis.use(async (client) => client.set((await keys())[0] ?? '', 'another', 'PX', ttl))
    await until(() => held.state.lost?.aborted === true)
    expect(held.assertHeld).toThrow(LeaseLostError)
    held.end()
    await held.done
    expect(await keys()).toHaveLength(1)
  })

  it('ends five seconds after its replica was killed', async () => {
    const killed = hold(join(createManualClock()))
    await killed.begun
    const left = await replicas.redis.use(async (client) => client.pttl((await keys())[0] ?? ''))
    expect(left).toBeGreaterThan(ttl - 1_000)
    expect(left).toBeLessThanOrEqual(ttl)
  })

  it.each(['forever', 'list'])('does not wait for a key that no replica wrote: %s', async (kind) => {
    const held = hold(join())
    await held.begun
    const [name = ''] = await keys()
    held.end()
    await held.done
    await until(async () => (await keys()).length === 0)
    await replicas.redis.use((client) => client.call(kind === 'list' ? 'LPUSH' : 'SET', name, 'x'))
    expect(await join().tryRun(async () => 'done')).toEqual({ result: 'done' })
  })

  it('is not available while Redis is lost', async () => {
    const lease = join()
    const held = hold(join())
    await held.begun
    await replicas.redis.stop()
    try {
      await expect(lease.run(never, async () => 'done')).rejects.toThrow(LeaseUnavailableError)
      expect(await lease.tryRun(async () => 'done')).toBeNull()
      await until(() => held.state.lost?.aborted === true)
      expect(held.assertHeld).toThrow(LeaseLostError)
    } finally {
      held.end()
      await replicas.redis.start()
    }
  }, 20_000)
})
