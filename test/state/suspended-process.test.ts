import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { inspectFiles } from '../../src/state/inspection.ts'
import { openState } from '../../src/state/open-state.ts'
import { filesIn } from '../../src/state/state-folder.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openStore } from '../support/open-stores.ts'
import { createTestLog } from '../support/test-log.ts'
import { until } from '../support/until.ts'

/** Begins a transaction that never ends, as in a process that is suspended. */
const script = `
const { open } = require(process.argv[1])
const root = open({ path: process.argv[2], maxDbs: 1, overlappingSync: false })
root.transactionSync(() => {
  require('node:fs').writeSync(1, 'locked')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
`

describe('a state that a suspended process has locked', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })

  async function createLocked() {
    const { store, path } = await openStore()
    await store.transaction((writer) => writer.put(['a'], 'text'))
    await store.close()
    const lmdb = createRequire(import.meta.url).resolve('lmdb')
    const child = spawn(process.execPath, ['--eval', script, lmdb, filesIn(path).data])
    ends.push(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const data = filesIn(path).data
    const end = async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    return { path, data, end }
  }

  it('is inspected for a limited time, and is not damaged', async () => {
    const { data } = await createLocked()
    expect(await inspectFiles(data, 1_000)).toMatchObject({
      failure: {
        reason: 'it could not be opened within 1 s; another process may be suspended',
        isDamage: false,
      },
    })
  })

  it('is in memory when its disk does not answer in time', async () => {
    const { path, data, end } = await createLocked()
    chmodSync(data, 0o640)
    const clock = createManualClock()
    const { log, lines } = createTestLog()
    const opening = openState({ path, maxBytes: 64 * 1024 ** 2, clock, log })
    await until(() => clock.nextWakeIn === 60_000)
    clock.advance(60_000)
    const { isKept, problem } = await opening
    const reason = 'its disk does not answer within 60 s; a restart is needed when this is corrected'
    expect({ isKept, problem }).toEqual({ isKept: false, problem: { reason } })
    expect(lines).toMatchObject([{ level: 40, path, reason }])
    // The files that are opened too late are closed.
    await end()
    await until(() => (statSync(data).mode & 0o777) === 0o600)
    while ((await inspectFiles(data)).processes.length > 0);
  })
})
