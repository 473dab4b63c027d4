import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once the condition holds. It is evaluated fifty times a second. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
