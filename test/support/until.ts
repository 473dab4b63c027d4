import { setImmediate as turn } from 'node:timers/promises'

/** Resolves once the condition holds. It is evaluated on every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}
