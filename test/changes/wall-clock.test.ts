import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { listChanges, readAgain } from '../support/change-history.ts'
import { passTime } from '../support/passing-time.ts'
import type { Program } from '../support/program.ts'
import { type RestartingStack, startRestartingStack } from '../support/restarting-stack.ts'
import { firstOf } from '../support/rewriting.ts'

const scale = { openai: { organizations: 1, certificatesPerOrganization: 3, projectsPerOrganization: 1 } }
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
/** How far the wall clock is ahead. */
const ahead = 30 * day
const firstReadingWait = minute

let stack: RestartingStack
let program: Program & Pick<RestartingStack, 'clock'>
const certificates = () => firstOf(stack.openai.state.organizations).certificates

async function start() {
  program = Object.assign(await stack.start(), { clock: stack.clock })
}

/** Sets the wall clock, which a restarted process finds set or a running one sees. */
async function correctClock(how: 'while it runs' | 'while it is stopped', milliseconds = -ahead) {
  if (how === 'while it runs') return stack.clock.adjustWallClock(milliseconds)
  await stack.stop()
  stack.clock.adjustWallClock(milliseconds)
  await start()
}

const kinds = async () => {
  const { nodes } = await listChanges(program)
  return nodes.map(({ kind, name, expiryStatus }) => [kind, name, ...(expiryStatus ? [expiryStatus] : [])].join(' '))
}
/** A certificate that expires this many milliseconds from now on. */
function expiring(index: number, milliseconds: number): string {
  const certificate = certificates()[index]
  if (!certificate) throw new Error('there is no such certificate')
  certificate.expiresAt = (stack.clock.now() + milliseconds) / 1000
  return certificate.name ?? ''
}

beforeEach(async () => {
  stack = await startRestartingStack({
    scale,
    configure: ({ openai }) => ({ openai, expiry: { critical: '1d', warning: '2d', lifetime: 'none' } }),
  })
  for (const index of [0, 1, 2]) expiring(index, 400 * day)
})
afterEach(() => stack.close())

describe.each(['while it runs', 'while it is stopped'] as const)(
  'a wall clock that was ahead, and is corrected %s',
  (how) => {
    it('silences no threshold, of certificates from before the correction and from after it', async () => {
      const early = expiring(0, ahead + 3 * hour)
      stack.clock.adjustWallClock(ahead)
      await start()
      await readAgain(program)
      expect(await kinds()).toEqual([])
      await correctClock(how)
      const late = expiring(1, 3 * hour)
      await readAgain(program)
      await passTime(stack, firstReadingWait, 5_000)
      expect(await kinds()).toEqual([`EXPIRING ${late} CRITICAL`])
      stack.openai.emulator.fault({ effect: { status: 503, body: {} } })
      await passTime(stack, 4 * hour, 30 * minute)
      expect(await kinds()).toEqual([`EXPIRED ${late} EXPIRED`, `EXPIRING ${late} CRITICAL`])
      await passTime(stack, 31 * day, day)
      expect(await kinds()).toEqual([
        `EXPIRED ${early} EXPIRED`,
        `EXPIRING ${early} CRITICAL`,
        `EXPIRING ${early} WARNING`,
        `EXPIRED ${late} EXPIRED`,
        `EXPIRING ${late} CRITICAL`,
      ])
    })

    it('repeats no change that was recorded with it', async () => {
      await start()
      await readAgain(program)
      const name = expiring(0, 3 * day)
      await readAgain(program)
      stack.clock.adjustWallClock(ahead)
      await passTime(stack, 10 * minute, minute)
      const recorded = [`EXPIRED ${name} EXPIRED`, `EXPIRING ${name} CRITICAL`, `EXPIRING ${name} WARNING`]
      expect(await kinds()).toEqual(recorded)
      await correctClock(how)
      await readAgain(program)
      await passTime(stack, 4 * day, day / 2)
      expect(await kinds()).toEqual(recorded)
    })

    it('leaves no beginning of the history in the future', async () => {
      stack.clock.adjustWallClock(ahead)
      await start()
      await readAgain(program)
      await correctClock(how)
      const { recordedSince } = await listChanges(program)
      expect(Date.parse(recordedSince ?? '')).toBeLessThanOrEqual(stack.clock.now())
      await readAgain(program)
      const correctedAt = stack.clock.now()
      stack.clock.advance(hour)
      expect(Date.parse((await listChanges(program)).recordedSince ?? '')).toBeLessThanOrEqual(correctedAt)
    })

    it('leaves newer changes before those that were recorded with it', async () => {
      stack.clock.adjustWallClock(ahead)
      await start()
      await readAgain(program)
      const [first] = certificates().splice(0, 1)
      await readAgain(program)
      await correctClock(how)
      const before = await listChanges(program, 'first: 1')
      const [second] = certificates().splice(0, 1)
      await readAgain(program)
      const { nodes } = await listChanges(program)
      expect(nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        `VANISHED ${second?.name}`,
        `VANISHED ${first?.name}`,
      ])
      expect(nodes.map(({ at }) => Date.parse(at) <= stack.clock.now())).toEqual([true, true])
      const next = await listChanges(program, `first: 9, after: "${before.pageInfo.endCursor}"`)
      expect(next.nodes).toEqual([])
    })
  },
)

describe('a wall clock that was ahead at a start', () => {
  it('does not prolong the wait for the first reading of a place', async () => {
    await start()
    const name = expiring(0, 3 * day)
    await readAgain(program)
    await stack.stop()
    stack.clock.adjustWallClock(ahead)
    stack.fail()
    await start()
    stack.clock.adjustWallClock(-ahead)
    await passTime(stack, 4 * day, day / 2)
    expect(await kinds()).toEqual([`EXPIRED ${name} EXPIRED`, `EXPIRING ${name} CRITICAL`, `EXPIRING ${name} WARNING`])
  })
})

describe('a wall clock that is set back for a while', () => {
  it('repeats no threshold', async () => {
    await start()
    const name = expiring(0, 2 * day + hour)
    await readAgain(program)
    await passTime(stack, 2 * hour, 30 * minute)
    stack.clock.adjustWallClock(-day)
    await readAgain(program)
    await passTime(stack, hour, 30 * minute)
    stack.clock.adjustWallClock(day)
    await readAgain(program)
    await passTime(stack, hour, 30 * minute)
    expect(await kinds()).toEqual([`EXPIRING ${name} WARNING`])
  })
})
