import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { list } from '../../support/listing.ts'
import { passTime, whileTimePasses } from '../../support/passing-time.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'

let stack: RestartingStack

/** Akamai allows as many listings in a minute. */
const limit = 8

beforeEach(async () => {
  stack = await startRestartingStack({
    limits: true,
    scale: { akamai: { contractsPerAccount: 6, enrollmentsPerContract: 1 } },
    // Each operation needs a new reading of every contract.
    configure: ({ akamai }) => ({
      akamai,
      upstream: { deadline: '1s', ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' },
    }),
  })
})
afterEach(() => stack.close())

const listings = () => stack.akamai.emulator.calls.filter(({ path }) => path === '/cps/v2/active-certificates')

/** Reads everything, as far as the process may. */
async function readAll(): Promise<void> {
  const program = await stack.start()
  await whileTimePasses(stack.clock, list(program), 1_000)
}

describe('A process that is restarted again and again', () => {
  it('keeps to the limit of Akamai', async () => {
    const startedAt = stack.clock.now()
    for (let restarts = 0; stack.clock.now() < startedAt + 50_000; restarts += 1) {
      await readAll()
      await passTime(stack, 3_000)
      expect(restarts).toBeLessThan(100)
    }
    expect(stack.calls().filter(({ status }) => status === 429)).toEqual([])
    expect(listings()).toHaveLength(limit)
    await passTime(stack, 61_000)
    await readAll()
    expect(listings().length).toBeGreaterThan(limit)
    expect(stack.calls().filter(({ status }) => status === 429)).toEqual([])
  })

  it('keeps to a pause that Akamai asked for', async () => {
    stack.akamai.emulator.fault({ effect: { status: 429, headers: { 'retry-after': '120' } } })
    await readAll()
    stack.akamai.emulator.reset()
    for (let restarts = 0; restarts < 5; restarts += 1) {
      await readAll()
      await passTime(stack, 10_000)
    }
    expect(stack.calls()).toEqual([])
    await passTime(stack, 120_000)
    await readAll()
    expect(stack.calls()).not.toEqual([])
  })
})
