import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../stack.ts'

/** Long enough for what is under way on this machine's sockets to come to rest. */
const rest = 15

/** Lets so much time pass, in steps, with all that happens meanwhile coming to rest after each. */
export async function pass({ clock }: Stack, milliseconds: number, step = milliseconds): Promise<void> {
  await sleep(rest)
  for (let passed = 0; passed < milliseconds; passed += step) {
    clock.advance(Math.min(step, milliseconds - passed))
    await sleep(rest)
  }
}
