import { setTimeout as sleep } from 'node:timers/promises'

/** Gives whatever is under way on this machine's sockets time to happen, before a test says that it did not. */
export async function quiet(): Promise<void> {
  await sleep(30)
}
