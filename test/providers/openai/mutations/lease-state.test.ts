import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startOpenAISandbox } from '../../../../src/providers/openai/sandbox.ts'
import type { StateStore } from '../../../../src/state/state-store.ts'
import { createStateLeases } from '../../../../src/upstream/state-leases.ts'
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts'
import { organizationId, type Result } from '../../../support/mutations.ts'
import { passTime, whileTimePasses } from '../../../support/passing-time.ts'
import { type Program, startProgram } from '../../../support/program.ts'
import { findOnly } from '../../../support/rewriting.ts'
import { createFullState, createSharedState } from '../../../support/shared-state.ts'
import { until } from '../../../support/until.ts'

type Field = 'deactivateOpenAICertificates' | 'deleteOpenAICertificate'

const deadline = 25_000

describe('the guards of two processes that share a state', () => {
  let clock: ManualClock
  let openai: Awaited<ReturnType<typeof startOpenAISandbox>>
  let kept: StateStore
  let programs: readonly Program[]
  beforeEach(async () => {
    clock = createManualClock()
    openai = await startOpenAISandbox({ now: clock.now, limits: false })
    kept = createSharedState()
    const file = { openai: openai.config, writes: 'enabled' }
    const start = () => startProgram({ clock, file, emulators: [openai.emulator], limits: false, kept })
    programs = [await start(), await start()]
    for (const each of organization().certificates) each.active = last.includes(each.name ?? '')
  })
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.close()))
    await openai.close()
  })

  const last = ['Batch workers', 'Service mesh']
  const organization = () => findOnly(openai.state.organizations, () => true)
  const idOf = (name: string) => findOnly(organization().certificates, (each) => each.name === name).id
  const active = () => organization().certificates.filter((each) => each.active)
  const mayTakeEffect = (minutes: number) =>
    expect.stringMatching(
      new RegExp(
        `^a deactivation of \\w+ in org_\\w+ may still take effect.*repeat this one in ${minutes} minutes, or use force: true`,
      ),
    )
  const writes = () => openai.emulator.calls.filter(({ method }) => method !== 'GET')

  async function mutate(process: number, field: Field, input: object, signal?: AbortSignal): Promise<Result> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const document = `mutation ($input: ${type}!) {
      result: ${field}(input: $input) { __typename ... on CertificateMutationError { code message } }
    }`
    const program = programs[process]
    if (!program) throw new Error(`no process ${process}`)
    const { data } = await program.ask<{ result: Result }>(document, { input: { organizationId, ...input } }, signal)
    return data.result
  }
  const deactivate = (process: number, name: string, input = {}, signal?: AbortSignal) =>
    mutate(process, 'deactivateOpenAICertificates', { certificateIds: [idOf(name)], ...input }, signal)

  it('let one of the last two active certificates be deactivated', async () => {
    openai.emulator.latency = 5
    const both = Promise.all([deactivate(0, 'Batch workers'), deactivate(1, 'Service mesh')])
    const results = await whileTimePasses(clock, both, 200)
    expect(results.map(({ __typename }) => __typename).toSorted()).toEqual([
      'CertificateLastActiveError',
      'DeactivateOpenAICertificatesSuccess',
    ])
    expect(active()).toHaveLength(1)
    expect(writes()).toHaveLength(1)
  })

  it('wait for a forced deactivation, and for a deletion', async () => {
    for (const first of ['forced', 'deletion']) {
      openai.emulator.reset()
      const mend = openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: 'hang', times: 1 })
      const running =
        first === 'forced'
          ? deactivate(0, 'Batch workers', { force: true })
          : mutate(0, 'deleteOpenAICertificate', { certificateId: idOf('Load tests') })
      await until(() => writes().length === 1)
      const before = openai.emulator.calls.length
      const second = deactivate(1, 'Service mesh', { dryRun: false })
      // The call of the first one has ten seconds.
      await passTime({ clock }, 8_000, 250)
      expect(openai.emulator.calls).toHaveLength(before)
      mend()
      await whileTimePasses(clock, Promise.all([running, second]), deadline)
      expect(openai.emulator.calls.length).toBeGreaterThan(before)
      for (const each of organization().certificates) each.active = last.includes(each.name ?? '')
    }
  })

  it('do not make a dry run wait', async () => {
    openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: 'hang', times: 1 })
    const running = deactivate(0, 'Batch workers')
    await until(() => writes().length === 1)
    const dryRun = await deactivate(1, 'Service mesh', { dryRun: true })
    expect(dryRun).toMatchObject({ code: 'LAST_ACTIVE_CERTIFICATE', message: mayTakeEffect(6) })
    await whileTimePasses(clock, running, deadline)
  })

  describe('after a deactivation whose outcome is not known', () => {
    const minute = 60_000
    /** The vendor does not answer, and has not made the change yet. */
    async function beginUnknown() {
      openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: 'hang', times: 1 })
      const unknown = await whileTimePasses(clock, deactivate(0, 'Batch workers'), deadline)
      expect(unknown).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
      expect(active()).toHaveLength(last.length)
    }
    const pass = (milliseconds: number) => passTime({ clock }, milliseconds, minute)
    const run = (result: Promise<Result>) => whileTimePasses(clock, result, deadline)
    const setActive = (name: string, isActive: boolean) => {
      findOnly(organization().certificates, (each) => each.name === name).active = isActive
    }
    const success = { __typename: 'DeactivateOpenAICertificatesSuccess' }

    it.each([0, 1])('count its certificate as inactive while it may still arrive: process %s', async (process) => {
      await beginUnknown()
      const refused = { code: 'LAST_ACTIVE_CERTIFICATE', message: mayTakeEffect(5) }
      expect(await run(deactivate(process, 'Service mesh'))).toMatchObject(refused)
      expect(await run(deactivate(process, 'Service mesh', { dryRun: true }))).toMatchObject(refused)
      await pass(3 * minute)
      expect(await run(deactivate(process, 'Service mesh'))).toMatchObject({ message: mayTakeEffect(2) })
      setActive('Batch workers', false)
      expect(await run(deactivate(process, 'Service mesh'))).toMatchObject({
        code: 'LAST_ACTIVE_CERTIFICATE',
        message: expect.stringContaining('would have no active certificate left'),
      })
      expect(active()).toHaveLength(1)
      expect(writes()).toHaveLength(1)
    })

    it('count it as active again after five minutes', async () => {
      await beginUnknown()
      await pass(5 * minute)
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject(success)
    })

    it('count it by the list again once a list has shown it inactive', async () => {
      await beginUnknown()
      setActive('Batch workers', false)
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject({ code: 'LAST_ACTIVE_CERTIFICATE' })
      setActive('Batch workers', true)
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject(success)
    })

    it('send it again, and one that is forced or leaves another certificate', async () => {
      await beginUnknown()
      expect(await run(deactivate(1, 'Batch workers'))).toMatchObject(success)
      setActive('Batch workers', true)
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject(success)
      setActive('Service mesh', true)
      await beginUnknown()
      expect(await run(deactivate(1, 'Service mesh', { force: true }))).toMatchObject(success)
      setActive('Service mesh', true)
      setActive('Load tests', true)
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject(success)
    })

    it('count it also after it was sent again and refused', async () => {
      await beginUnknown()
      openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: { status: 403 }, times: 1 })
      expect(await run(deactivate(1, 'Batch workers'))).toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
      expect(await run(deactivate(1, 'Service mesh'))).toMatchObject({ message: mayTakeEffect(5) })
    })
  })

  it('ignore a deactivation that the vendor has refused, or that has surely not left', async () => {
    openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: { status: 403 }, times: 1 })
    const refused = await whileTimePasses(clock, deactivate(0, 'Batch workers'), deadline)
    expect(refused).toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
    const next = await whileTimePasses(clock, deactivate(1, 'Service mesh'), deadline)
    expect(next.__typename).toBe('DeactivateOpenAICertificatesSuccess')
    expect([...kept.range(['lease note'])]).toEqual([])
  })

  it('need force while the state cannot be written and another process has it open', async () => {
    const { state, disk } = createFullState()
    const file = { openai: openai.config, writes: 'enabled' }
    programs = [
      ...programs,
      await startProgram({ clock, file, emulators: [openai.emulator], limits: false, kept: state }),
    ]
    disk.isFull = true
    expect(await deactivate(2, 'Service mesh')).toMatchObject({
      code: 'LAST_ACTIVE_CERTIFICATE',
      message: expect.stringMatching(
        /^it is not known whether another .*: the state cannot be written; use force: true/,
      ),
    })
    expect(writes()).toEqual([])
    const success = { __typename: 'DeactivateOpenAICertificatesSuccess' }
    expect(await deactivate(2, 'Service mesh', { force: true })).toMatchObject(success)
    findOnly(organization().certificates, ({ name }) => name === 'Service mesh').active = true
    disk.isShared = false
    expect(await deactivate(2, 'Service mesh')).toMatchObject(success)
  })

  it('send nothing for an operation that ends while it waits', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { baseUrl, id } = findOnly(openai.config.organizations, () => true)
    const lease = createStateLeases(kept, clock)(JSON.stringify(['guard', 'OPENAI', baseUrl, id]))
    const holding = lease.run(new AbortController().signal, () => held)
    const leaving = new AbortController()
    const left = deactivate(1, 'Service mesh', {}, leaving.signal)
    const late = deactivate(1, 'Service mesh')
    await passTime({ clock }, 100)
    leaving.abort()
    await expect(left).rejects.toThrow()
    expect(await whileTimePasses(clock, late, deadline)).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_TIMEOUT',
      message: expect.stringContaining('nothing was changed'),
    })
    release()
    await holding
    await passTime({ clock }, 1_000, 100)
    expect(writes()).toEqual([])
  })
})
