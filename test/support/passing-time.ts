import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { ManualClock } from './manual-clock.ts'

/** A reading that failed is remembered for so long; then the vendor is asked again. */
export const failureTtl = 5_000

/** No call is made again after more than that, and the vendors' short windows are over. */
const shortNap = 2_250

/** Turns of the event loop within which whatever is under way on this machine's sockets has gone on. */
const idleTurns = 40

/**
 * Waits for a promise. Whenever nothing else is left to happen, the time passes until the next sleeper wakes, unless that
 * is farther away than `longest`: calls that failed are made again, and none of them runs out of time.
 */
export async function whileTimePasses<Value>(
  clock: ManualClock,
  promise: Promise<Value>,
  longest = shortNap,
): Promise<Value> {
  let isPending = true
  const end = () => {
    isPending = false
  }
  promise.then(end, end)
  while (isPending) {
    await idle(clock)
    if (isPending && clock.nextWakeIn <= longest) clock.advance(clock.nextWakeIn)
  }
  return promise
}

async function idle(clock: ManualClock): Promise<void> {
  let { sleepChanges } = clock
  for (let turns = 0; turns < idleTurns; turns++) {
    await turn()
    if (clock.sleepChanges !== sleepChanges) turns = 0
    sleepChanges = clock.sleepChanges
  }
}

/** Long enough for what is under way in other threads, such as the inflating of a body. */
const nap = 15

/** On a busy machine a nap may be a single turn of the event loop, in which an answer does not come far. */
async function rest(clock: ManualClock): Promise<void> {
  await sleep(nap)
  await idle(clock)
}

/** Lets so much time pass, in steps, with all that happens meanwhile coming to rest after each. */
export async function passTime(
  { clock }: { readonly clock: ManualClock },
  milliseconds: number,
  step = milliseconds,
): Promise<void> {
  await rest(clock)
  for (let passed = 0; passed < milliseconds; passed += step) {
    clock.advance(Math.min(step, milliseconds - passed))
    await rest(clock)
  }
}
