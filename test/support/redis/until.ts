import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once the condition holds, looked at fifty times a second. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
