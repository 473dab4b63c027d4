import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { sandboxOwners } from '../../src/sandbox/owners.ts'
import { type RunningSandbox, startSandbox } from '../../src/sandbox.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { type Program, startProgram } from '../support/program.ts'

let sandbox: RunningSandbox
let program: Program
beforeAll(async () => {
  const clock = createManualClock()
  sandbox = await startSandbox({ now: clock.now })
  program = await startProgram({ clock, file: sandbox.file, emulators: [] })
})
afterAll(async () => {
  await program.close()
  await sandbox.close()
})

it('each owner of the sandbox has a certificate, and some certificates have no owner', async () => {
  const { data, errors } = await program.ask<{
    certificateStatistics: { byOwner: { key: { name: string } | null; count: number }[] }
  }>('{ certificateStatistics { byOwner { key { name contact runbookUrl } count } } }')
  expect(errors).toBeUndefined()
  const { byOwner } = data.certificateStatistics
  const names = sandboxOwners.map(({ owner }) => owner)
  expect(byOwner.map(({ key }) => key?.name ?? null)).toEqual([...names.sort(), null])
  for (const { key, count } of byOwner) expect({ key, isHeld: count > 0 }).toEqual({ key, isHeld: true })
})
