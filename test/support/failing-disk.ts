import { copyFileSync, mkdirSync } from 'node:fs'
import { type LmdbStateOptions, LmdbStateStore } from '../../src/state/lmdb-state-store.ts'
import { filesIn } from '../../src/state/state-folder.ts'
import type { StateProblem } from '../../src/state/state-store.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { openStore, stateFolder } from './open-stores.ts'

/** A store whose disk fails when the test says so. */
export function openOnDisk(
  clock: ManualClock = createManualClock(),
  path = stateFolder(),
  options: Pick<LmdbStateOptions, 'isIncomplete'> = {},
) {
  mkdirSync(path, { recursive: true })
  const disk: { problem: StateProblem | null } = { problem: null }
  const reported: (string | null)[] = []
  const store = new LmdbStateStore({
    ...options,
    path: filesIn(path).data,
    maxBytes: 64 * 1024 ** 2,
    clock,
    checkDisk: async () => disk.problem,
    explain: async (error) => ({ reason: String(error) }),
    onProblem: (problem) => reported.push(problem?.reason ?? null),
  })
  const copyFiles = () => {
    const copy = stateFolder()
    mkdirSync(copy)
    copyFileSync(filesIn(path).data, filesIn(copy).data)
    return copy
  }
  return {
    store,
    disk,
    clock,
    path,
    reported,
    /** Opens what a process that starts after a crash would find. */
    openCopy: async () => (await openStore(copyFiles())).store,
    /** Copies the files to another folder. */
    copyFiles,
  }
}
