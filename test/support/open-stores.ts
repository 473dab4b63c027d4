import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { openState } from '../../src/state/open-state.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { systemClock } from '../../src/upstream/clock.ts'
import { createTestLog } from './test-log.ts'

const opened: StateStore[] = []
const folders: string[] = []

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The path of a folder for a state, which does not exist yet. It is removed after the test. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-state-'))
  folders.push(folder)
  return join(folder, 'state')
}

/** Opens the state in a folder. It is closed after the test. */
export async function openStore(path = stateFolder(), maxBytes = 64 * 1024 ** 2) {
  const { log, lines } = createTestLog()
  const store = await openState({ path, maxBytes, clock: systemClock, log })
  opened.push(store)
  return { store, path, lines }
}
