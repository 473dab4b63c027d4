import { setTimeout as sleep } from 'node:timers/promises'

/** Waits long enough for pending I/O on loopback sockets, before a test asserts that something did not happen. */
export async function quiet(): Promise<void> {
  await sleep(30)
}
