import { describe, expect, it } from '@jest/globals'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { passTime } from '../support/passing-time.ts'
import { startProgram } from '../support/program.ts'

const hour = 3_600_000

interface Answer {
  readonly certificates: { readonly totalCount: number; readonly complete: boolean; readonly fresh: boolean }
}

/**
 * Polls all certificates every ten seconds for ten minutes, and adjusts the wall clock before each poll. Returns the calls
 * to the vendors and the distinct answers.
 */
async function poll(adjustments: readonly number[]) {
  const clock = createManualClock()
  const start = clock.now()
  // The vendors' clocks are right. Only Akamai compares its own with ours: it checks the time of a signature.
  const vendorNow = () => start + clock.elapsed()
  const [openai, akamai, liveperson] = await Promise.all([
    startOpenAISandbox({ now: vendorNow }),
    startAkamaiSandbox({ now: clock.now }),
    startLivePersonSandbox({ now: vendorNow }),
  ])
  const program = await startProgram({
    clock,
    file: {
      openai: openai.config,
      akamai: akamai.config,
      liveperson: liveperson.config,
      upstream: { ttl: '1m', discoveryTtl: '3m' },
    },
    emulators: [openai.emulator, akamai.emulator, liveperson.emulator],
  })
  const answers = new Set<string>()
  try {
    for (let round = 0; round < 60; round += 1) {
      clock.adjustWallClock(adjustments[round % adjustments.length] ?? 0)
      const { data } = await program.ask<Answer>('{ certificates { totalCount complete fresh } }')
      answers.add(JSON.stringify(data))
      await passTime(program, 10_000)
    }
    const calls = program.callsTo('').map(({ method, target }) => `${method} ${target}`)
    return { calls: calls.sort(), answers: [...answers] }
  } finally {
    await program.close()
    await Promise.all([openai.close(), akamai.close(), liveperson.close()])
  }
}

describe('a client that polls while the wall clock is set back and forth by an hour', () => {
  it('causes no additional call to a vendor and loses no row', async () => {
    const steady = await poll([0])
    expect(steady.calls.length).toBeGreaterThan(20)
    expect(steady.answers).toHaveLength(1)
    expect(await poll([hour, 0, -hour, -hour, 0, hour])).toEqual(steady)
  }, 60_000)
})
