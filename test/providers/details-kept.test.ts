import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Program, startProgram } from '../support/program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
import { findOnly } from '../support/rewriting.ts'
import { startSandboxes } from '../support/sandboxes.ts'
import { createSharedState } from '../support/shared-state.ts'

type Sandboxes = Awaited<ReturnType<typeof startSandboxes>>

const fields = 'id subject validFrom keySize weaknesses x509Issues'
const query = `{ certificates(first: 100, filter: { providers: [OPENAI, AKAMAI] }) { nodes { ${fields} } } }`
const counts = '{ certificateStatistics { total byWeakness { key count } } }'

let clock: ManualClock
let vendors: Sandboxes
let running: Program[]
beforeEach(async () => {
  clock = createManualClock()
  running = []
  vendors = await startSandboxes({ now: clock.now, limits: false, scale: { akamai: { enrollmentsPerContract: 3 } } })
})
afterEach(async () => {
  await Promise.all(running.map((program) => program.close()))
  await vendors.close()
})

const ofOpenAI = `{ certificates(first: 100, maxStaleness: "PT1S", filter: { providers: [OPENAI] }) { nodes { ${fields} } } }`
const organizationRows = () => vendors.sandboxes.openai.state.organizations.flatMap(({ certificates }) => certificates)

async function start(more: object = {}, kept?: StateStore): Promise<Program> {
  const { openai, akamai } = vendors.file
  const { emulators } = vendors
  const file = { openai, akamai, limits: { cost: 1_000_000 }, ...more }
  const program = await startProgram({ clock, file, emulators, limits: false, kept })
  running.push(program)
  return program
}

async function ask(program: Program, document = query): Promise<unknown> {
  const { data, errors } = await whileTimePasses(clock, program.ask<unknown>(document))
  expect(errors).toBeUndefined()
  return data
}

/** The calls for the contents of certificates since the last time. */
function detailCalls(): number {
  const calls = vendors.emulators.flatMap((emulator) => emulator.calls)
  const made = calls.filter(({ path }) => /\/deployments\/|\/organization\/certificates\/./.test(path)).length
  for (const { emulator } of [vendors.sandboxes.openai, vendors.sandboxes.akamai]) emulator.reset()
  return made
}

describe('the details of X.509 certificates', () => {
  it('need no call after a restart, also for filters and statistics', async () => {
    const state = createSharedState()
    const before = await ask(await start({}, state))
    expect(detailCalls()).toBeGreaterThan(6)
    const restarted = await start({}, state)
    expect(await ask(restarted)).toEqual(before)
    await ask(restarted, counts)
    await ask(restarted, '{ certificates(filter: { weaknesses: [SHA1_SIGNATURE] }) { totalCount } }')
    expect(detailCalls()).toBe(0)
  })

  it('are read again when the list contradicts the ones that are kept', async () => {
    const state = createSharedState()
    const [row, other] = organizationRows().filter(({ x509, validAt }) => x509 !== null && validAt !== null)
    if (!row || !other?.x509) throw new Error('the emulator has too few certificates')
    const { pem, validAt, expiresAt } = row
    // The vendor mixes two certificates up.
    Object.assign(row, { pem: (await issueCertificate(other.x509)).pem })
    Object.assign(row, { validAt: other.validAt, expiresAt: other.expiresAt })
    const program = await start({}, state)
    const mixed = await ask(program, ofOpenAI)
    detailCalls()
    Object.assign(row, { pem, validAt, expiresAt })
    clock.advance(600_000)
    const right = await ask(program, ofOpenAI)
    expect(detailCalls()).toBe(1)
    expect(right).not.toEqual(mixed)
    const restarted = await start({}, state)
    expect(await ask(restarted, ofOpenAI)).toEqual(right)
    expect(detailCalls()).toBe(0)
  })

  it('are read again after a restart without a state', async () => {
    await ask(await start())
    const first = detailCalls()
    await ask(await start())
    expect(detailCalls()).toBe(first)
  })

  it('are those of a place also after its credential was replaced', async () => {
    const state = createSharedState()
    await ask(await start({}, state))
    detailCalls()
    const organization = findOnly(vendors.sandboxes.openai.state.organizations, () => true)
    const config = findOnly(vendors.file.openai.organizations, () => true)
    organization.adminKey = 'sk-admin-rotated'
    const openai = { organizations: [{ ...config, adminKey: organization.adminKey }] }
    await ask(await start({ openai }, state))
    expect(detailCalls()).toBe(0)
  })

  it('are others at another address', async () => {
    const state = createSharedState()
    await ask(await start({}, state))
    detailCalls()
    const config = findOnly(vendors.file.openai.organizations, () => true)
    const baseUrl = config.baseUrl.replace('127.0.0.1', 'localhost')
    await ask(await start({ openai: { organizations: [{ ...config, baseUrl }] } }, state))
    expect(detailCalls()).toBeGreaterThan(1)
  })

  it('leave no PEM and no credential in the state', async () => {
    const state = createSharedState()
    await ask(await start({}, state))
    const kept = JSON.stringify([...state.range([])])
    expect(kept).toContain('subjectAltNames')
    expect(kept).not.toMatch(/BEGIN|MII/)
    for (const secret of running[0]?.config.secrets ?? []) expect(kept).not.toContain(secret)
  })
})

describeWithRedis('the details of X.509 certificates that replicas share', () => {
  let redis: RunningRedis
  beforeEach(async () => {
    redis = await startRedis()
  })
  afterEach(() => redis.stop())

  const secret = 'hush'.repeat(8)
  const replica = (signedWith: string | undefined) =>
    start({ redis: { url: redis.url, replicas: 2, ...(signedWith && { secret: signedWith }) } })

  it('need no call by another replica with the same redis.secret', async () => {
    const before = await ask(await replica(secret))
    expect(detailCalls()).toBeGreaterThan(6)
    expect(await ask(await replica(secret))).toEqual(before)
    expect(detailCalls()).toBe(0)
    const kept = JSON.stringify([...(await redis.dump())])
    expect(kept).toContain('subjectAltNames')
    for (const hidden of [secret, 'BEGIN', 'MII']) expect(kept).not.toContain(hidden)
  })

  it.each([
    ['without redis.secret', undefined],
    ['with another redis.secret', 'other'.repeat(8)],
  ])('are read by each replica %s', async (_, second) => {
    await ask(await replica(second && secret))
    const first = detailCalls()
    await ask(await replica(second))
    expect(detailCalls()).toBe(first)
  })

  it('are read from the vendor while Redis hangs', async () => {
    const before = await ask(await replica(secret))
    const program = await replica(secret)
    await program.ask('{ certificates { totalCount } }')
    const made = detailCalls()
    redis.freeze()
    try {
      expect(await ask(program)).toEqual(before)
      expect(detailCalls()).toBe(made)
    } finally {
      redis.thaw()
    }
  })
})
