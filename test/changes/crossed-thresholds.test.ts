import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { listChanges, readAgain } from '../support/change-history.ts'
import { KeptState } from '../support/kept-state.ts'
import { passTime } from '../support/passing-time.ts'
import { type Program, startProgram } from '../support/program.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'

const scale = { openai: { organizations: 1, certificatesPerOrganization: 2, projectsPerOrganization: 1 } }
const day = 86_400_000
/** How long the first reading after a start is waited for, unless places are prefetched. */
const firstReadingWait = 60_000
const expiry = { critical: '14d', warning: '30d', lifetime: 'none' }

let stack: Stack
/** Programs that share the state, one after another. */
let state: KeptState
let program: Program & Pick<Stack, 'clock'>
const organization = () => firstOf(stack.openai.state.organizations)

const start = (file: (file: SandboxFile) => object = (unchanged) => ({ ...unchanged, expiry })) =>
  startProgram({ clock: stack.clock, file: file(stack.file as SandboxFile), emulators: [], limits: false, kept: state })

beforeEach(async () => {
  stack = await startStack({ limits: false, scale, configure: ({ openai }) => ({ openai }) })
  state = new KeptState()
  const [first, second] = organization().certificates
  if (!first || !second) throw new Error('there are no certificates')
  first.expiresAt = (stack.clock.now() + 40 * day) / 1000
  second.expiresAt = (stack.clock.now() + 400 * day) / 1000
  program = await start()
})
afterEach(async () => {
  await program.close()
  await stack.close()
})

const kinds = async () =>
  (await listChanges(program)).nodes.map(({ kind, expiryStatus, at }) => [kind, expiryStatus, Date.parse(at)])
const expiresAt = () => (firstOf(organization().certificates).expiresAt ?? 0) * 1000

describe('a threshold that a certificate crosses', () => {
  it('is recorded at its moment, each once, while no reading is made', async () => {
    await readAgain(program)
    stack.openai.emulator.fault({ effect: { status: 503, body: {} } })
    await passTime(stack, 9 * day, day)
    expect(await kinds()).toEqual([])
    await passTime(stack, 32 * day, day)
    expect(await kinds()).toEqual([
      ['EXPIRED', 'EXPIRED', expiresAt()],
      ['EXPIRING', 'CRITICAL', expiresAt() - 14 * day],
      ['EXPIRING', 'WARNING', expiresAt() - 30 * day],
    ])
  })

  it('is recorded by a timer, without a query', async () => {
    await readAgain(program)
    await listChanges(program)
    const calls = stack.openai.emulator.calls.length
    const { nextWakeIn } = stack.clock
    expect(nextWakeIn).toBeLessThan(Number.POSITIVE_INFINITY)
    await passTime(stack, 11 * day, 3_600_000)
    const [change] = [...state.range(['history', 'change'])]
    expect(change?.[1]).toContain('WARNING')
    expect(stack.openai.emulator.calls.length).toBe(calls)
  })

  it('is found after the program was not running, once', async () => {
    await readAgain(program)
    await listChanges(program)
    await program.close()
    stack.clock.advance(28 * day)
    stack.openai.emulator.fault({ effect: { status: 503, body: {} } })
    for (let restarts = 0; restarts < 2; restarts += 1) {
      program = await start()
      await passTime(stack, firstReadingWait, 5_000)
      expect(await kinds()).toEqual([
        ['EXPIRING', 'CRITICAL', expiresAt() - 14 * day],
        ['EXPIRING', 'WARNING', expiresAt() - 30 * day],
      ])
      if (restarts === 0) await program.close()
    }
  })

  it('is a change when a certificate gets an earlier date, at the time of the reading, and each later one', async () => {
    await readAgain(program)
    const first = firstOf(organization().certificates)
    const at = stack.clock.now() + 600_000
    first.expiresAt = at / 1000 + (15 * day) / 1000
    await readAgain(program)
    expect((await kinds()).map(([kind, status]) => [kind, status])).toEqual([['EXPIRING', 'WARNING']])
    await passTime(stack, 2 * day, day / 24)
    expect(await kinds()).toEqual([
      ['EXPIRING', 'CRITICAL', expiresAt() - 14 * day],
      ['EXPIRING', 'WARNING', expect.any(Number)],
    ])
    first.expiresAt = stack.clock.now() / 1000 - 10
    await readAgain(program)
    await readAgain(program)
    const [expired, ...others] = await kinds()
    expect(expired?.slice(0, 2)).toEqual(['EXPIRED', 'EXPIRED'])
    expect(expired?.[2]).toBeGreaterThan(expiresAt())
    expect(others).toHaveLength(2)
  })

  describe('while the program was not running', () => {
    const read = () => program.ask('{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }')
    const prefetching = (file: SandboxFile) => ({ ...file, expiry, upstream: { prefetch: true } })
    const critical = () => ['EXPIRING', 'CRITICAL', expiresAt() - 14 * day]
    const warning = () => ['EXPIRING', 'WARNING', expiresAt() - 30 * day]

    beforeEach(async () => {
      await readAgain(program)
      await listChanges(program)
      await program.close()
      stack.clock.advance(28 * day)
    })

    it('is found by the first reading, once, as that has the dates', async () => {
      program = await start()
      expect(await kinds()).toEqual([])
      await read()
      expect(await kinds()).toEqual([critical(), warning()])
      await passTime(stack, firstReadingWait, 5_000)
      await read()
      expect(await kinds()).toEqual([critical(), warning()])
    })

    it('is no change of a certificate that was deleted or got another date', async () => {
      const [gone, other] = organization().certificates
      stack.clock.advance(380 * day)
      organization().certificates.shift()
      if (other) other.expiresAt = (stack.clock.now() + 90 * day) / 1000
      program = await start()
      expect(await kinds()).toEqual([])
      await read()
      const { nodes } = await listChanges(program)
      expect(nodes.map(({ kind, name }) => [kind, name])).toEqual([['VANISHED', gone?.name]])
      await passTime(stack, 2 * firstReadingWait, 5_000)
      expect((await listChanges(program)).totalCount).toBe(1)
    })

    it.each([
      ['the list', (path: string) => path === '/v1/organization/certificates'],
      ['the vendor', (_path: string) => true],
    ])('is found when the first attempt has failed, where places are prefetched: %s', async (_what, match) => {
      stack.openai.emulator.fault({ match: ({ path }) => match(path), effect: { status: 503, body: {} } })
      program = await start(prefetching)
      await passTime(stack, firstReadingWait, 1_000)
      expect(await kinds()).toEqual([critical(), warning()])
      await passTime(stack, firstReadingWait, 1_000)
      expect(await kinds()).toHaveLength(2)
    })

    it('is not looked for before the first attempt has ended, where places are prefetched', async () => {
      stack.openai.emulator.fault({ effect: 'hang' })
      program = await start(prefetching)
      await passTime(stack, 5_000, 1_000)
      expect(await kinds()).toEqual([])
      await passTime(stack, 5 * firstReadingWait, 1_000)
      expect(await kinds()).toEqual([critical(), warning()])
    })
  })

  it('is the part of the lifetime that the thresholds name', async () => {
    await program.close()
    const first = firstOf(organization().certificates)
    first.validAt = expiresAt() / 1000 - (60 * day) / 1000
    program = await start((file) => ({
      ...file,
      expiry: { critical: '14d', warning: '30d', lifetime: { warning: '1/6', critical: '1/60' } },
    }))
    await readAgain(program)
    await listChanges(program)
    await passTime(stack, 41 * day, day)
    expect(await kinds()).toEqual([
      ['EXPIRED', 'EXPIRED', expiresAt()],
      ['EXPIRING', 'CRITICAL', expiresAt() - day],
      ['EXPIRING', 'WARNING', expiresAt() - 10 * day],
    ])
  })

  it('is no change for a certificate that has already passed changed thresholds', async () => {
    await readAgain(program)
    await listChanges(program)
    await program.close()
    program = await start((file) => ({ ...file, expiry: { ...expiry, warning: '60d' } }))
    await passTime(program, day)
    await readAgain(program)
    expect(await kinds()).toEqual([])
    await passTime(stack, 26 * day, day)
    expect(await kinds()).toEqual([['EXPIRING', 'CRITICAL', expiresAt() - 14 * day]])
  })

  it('is a change when it was crossed under the old thresholds, and is past the new ones too', async () => {
    await readAgain(program)
    await listChanges(program)
    await program.close()
    stack.clock.advance(12 * day)
    program = await start((file) => ({ ...file, expiry: { ...expiry, warning: '60d' } }))
    await passTime(stack, firstReadingWait, 5_000)
    expect(await kinds()).toEqual([['EXPIRING', 'WARNING', expiresAt() - 30 * day]])
  })

  it('is no change when the new thresholds are not reached', async () => {
    await readAgain(program)
    await listChanges(program)
    await program.close()
    stack.clock.advance(12 * day)
    program = await start((file) => ({ ...file, expiry: { ...expiry, warning: '20d' } }))
    expect(await kinds()).toEqual([])
    await passTime(stack, 9 * day, day)
    expect(await kinds()).toEqual([['EXPIRING', 'WARNING', expiresAt() - 20 * day]])
  })

  it('is no change for a certificate that appears when it is already past', async () => {
    await readAgain(program)
    await passTime(stack, day)
    const first = firstOf(organization().certificates)
    organization().certificates.push({
      ...first,
      id: 'cert_late',
      name: 'late',
      expiresAt: stack.clock.now() / 1000 + (20 * day) / 1000,
    })
    await readAgain(program)
    expect((await listChanges(program)).nodes.map(({ kind, name }) => [kind, name])).toEqual([['APPEARED', 'late']])
  })

  describe('of a place that was not configured meanwhile', () => {
    const without = (file: SandboxFile) => ({ liveperson: file['liveperson'], expiry })
    beforeEach(async () => {
      await program.close()
      await stack.close()
      stack = await startStack({ limits: false, scale })
      const [first, second] = organization().certificates
      if (first) first.expiresAt = (stack.clock.now() + 40 * day) / 1000
      if (second) second.expiresAt = (stack.clock.now() + 400 * day) / 1000
      program = await start()
      await readAgain(program)
      await listChanges(program)
      await program.close()
    })

    it.each([
      ['running', true],
      ['not running', false],
    ])('is no change: the program was %s', async (_what, isRunning) => {
      program = await start(without)
      await listChanges(program)
      if (isRunning) await passTime(stack, 28 * day, day / 2)
      await program.close()
      if (!isRunning) stack.clock.advance(28 * day)
      program = await start()
      await passTime(stack, 2 * firstReadingWait, 5_000)
      await readAgain(program)
      expect(await kinds()).toEqual([])
      await passTime(stack, 13 * day, day / 2)
      expect(await kinds()).toEqual([['EXPIRED', 'EXPIRED', expiresAt()]])
    })

    it('is a change where another process of the same state had the place all the time', async () => {
      program = await start()
      const other = await start(without)
      await listChanges(other)
      await passTime(stack, 11 * day, day / 2)
      await other.close()
      expect(await kinds()).toEqual([['EXPIRING', 'WARNING', expiresAt() - 30 * day]])
    })
  })

  describe('of a certificate that a project lists too', () => {
    const project = () => firstOf(organization().projects)
    const readProject = () => program.ask(`{ certificates(filter: { placeIds: ["${project().id}"] }) { totalCount } }`)
    const placesOfChanges = async () =>
      (await listChanges(program)).nodes.map(({ kind, place, certificateId }) => [kind, place.vendorId, certificateId])
    const expiringId = () =>
      findOnly(organization().certificates, ({ expiresAt: at }) => (at ?? 0) * 1000 === expiresAt()).id
    const certificateId = () => toGlobalId('OpenAICertificate', organization().id, expiringId())

    beforeEach(() => {
      const { certificates } = project()
      certificates.splice(0, certificates.length, { certificateId: expiringId(), active: true })
    })

    it('is recorded in each place that lists it, under the same id', async () => {
      await readAgain(program)
      await readProject()
      await listChanges(program)
      await passTime(stack, 11 * day, day)
      const changes = await placesOfChanges()
      expect(changes).toHaveLength(2)
      expect(changes).toEqual(
        expect.arrayContaining([
          ['EXPIRING', organization().id, certificateId()],
          ['EXPIRING', project().id, certificateId()],
        ]),
      )
    })

    it('is recorded in the project when the list of the organization can never be read', async () => {
      stack.openai.emulator.fault({
        match: ({ path }) => path === '/v1/organization/certificates',
        effect: { status: 403, body: {} },
      })
      await readAgain(program)
      await readProject()
      await listChanges(program)
      await passTime(stack, 41 * day, day)
      expect(await placesOfChanges()).toEqual([
        ['EXPIRED', project().id, certificateId()],
        ['EXPIRING', project().id, certificateId()],
        ['EXPIRING', project().id, certificateId()],
      ])
    })
  })
})
