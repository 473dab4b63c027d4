import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { ManualClock } from './manual-clock.ts'

/** Milliseconds after a failed reading until the vendor is called again. */
export const failureTtl = 5_000

/** Longer than the pause before any retry and than the vendors' short rate limit windows. */
const maxRetryPause = 2_250

/** Turns of the event loop after which pending I/O on loopback sockets has continued. */
const idleTurns = 40

/**
 * Waits for a promise. Whenever nothing else is pending, the clock advances to the end of the next sleep, unless that is
 * more than `longest` away: failed calls are retried, and none of them times out.
 */
export async function whileTimePasses<Value>(
  clock: ManualClock,
  promise: Promise<Value>,
  longest = maxRetryPause,
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

/** Milliseconds for work in other threads, such as decompression. */
const threadPause = 15

/** On a busy machine the pause may be a single turn of the event loop: an answer needs several. */
async function rest(clock: ManualClock): Promise<void> {
  await sleep(threadPause)
  await idle(clock)
}

/** Advances the clock in steps, and waits until nothing is pending after each step in which a timer fires. */
export async function passTime(
  { clock }: { readonly clock: ManualClock },
  milliseconds: number,
  step = milliseconds,
): Promise<void> {
  await rest(clock)
  for (let passed = 0; passed < milliseconds; passed += step) {
    const { sleepChanges } = clock
    clock.advance(Math.min(step, milliseconds - passed))
    if (clock.sleepChanges !== sleepChanges) await rest(clock)
  }
}
