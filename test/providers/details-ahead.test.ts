import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import type { Effect } from '../../src/sandbox/fault.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { passTime } from '../support/passing-time.ts'
import { type Program, startProgram } from '../support/program.ts'
import { describeWithRedis, type RunningRedis, startRedis } from '../support/redis/redis-server.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Scales, startSandboxes } from '../support/sandboxes.ts'
import { createSharedState } from '../support/shared-state.ts'

const minute = 60_000
/** A third of the milliseconds between two calls, with what is added to the window of a minute. A lease lasts longer. */
const step = 2_542
const fields = 'subject validFrom keySize weaknesses'

let started: Awaited<ReturnType<typeof startVendors>>
afterEach(() => started.close())

interface Start {
  readonly upstream?: object
  readonly stateStore?: StateStore
  /** Further sections of the file. */
  readonly more?: object
}

/** The vendors, for any number of programs on one clock. */
async function startVendors(scale: Scales, limits = true) {
  const clock = createManualClock()
  const vendors = await startSandboxes({ now: clock.now, limits, scale })
  const programs: Program[] = []
  const calls: { readonly path: string; readonly at: number }[] = []
  const note = ({ path }: Call) => calls.push({ path, at: clock.now() })
  for (const { emulator } of Object.values(vendors.sandboxes))
    emulator.fault({ match: (call) => note(call) < 0, effect: 'reset' })
  return {
    clock,
    ...vendors,
    calls,
    /** Lets calls at Akamai fail. Returns a function that ends that. */
    fail: (match: (call: Call) => boolean, effect: Effect, times = Number.POSITIVE_INFINITY) =>
      vendors.sandboxes.akamai.emulator.fault({ match: (call) => match(call) && note(call) > 0, effect, times }),
    async start({ upstream = { prefetch: true }, stateStore, more = {} }: Start = {}) {
      const vendorFiles = Object.entries(vendors.file).filter(([vendor]) => vendor in scale)
      const file = { ...Object.fromEntries(vendorFiles), upstream, limits: { cost: 1_000_000 }, ...more }
      const program = await startProgram({ clock, file, emulators: vendors.emulators, limits, kept: stateStore })
      programs.push(program)
      return program
    },
    async close() {
      await Promise.all(programs.map((program) => program.close()))
      await vendors.close()
    },
  }
}

const akamai = (enrollmentsPerContract: number, contractsPerAccount = 1) => ({
  akamai: { contractsPerAccount, enrollmentsPerContract },
})

const isDetail = ({ path }: { readonly path: string }) => /\/deployments\/|\/organization\/certificates\/./.test(path)
const details = () => started.calls.filter(isDetail)

/** The largest number of calls within any window of this length. */
function mostWithin(milliseconds: number, of = details()): number {
  return Math.max(0, ...of.map(({ at }) => of.filter((each) => each.at >= at && each.at < at + milliseconds).length))
}

async function askAll(program: Program) {
  const nodes: Record<string, unknown>[] = []
  for (let after = 'null'; ; ) {
    const { data, errors } = await program.ask<{
      certificates: { nodes: Record<string, unknown>[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
    }>(`{ certificates(first: 100, after: ${after}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`)
    expect(errors).toBeUndefined()
    nodes.push(...data.certificates.nodes)
    if (!data.certificates.pageInfo.hasNextPage) return nodes
    after = JSON.stringify(data.certificates.pageInfo.endCursor)
  }
}

describe('reading the details of X.509 certificates ahead', () => {
  it('lets an Akamai account of 500 certificates need no call after 70 minutes, nor after a restart', async () => {
    started = await startVendors(akamai(250, 2))
    const stateStore = createSharedState()
    const program = await started.start({ stateStore })
    await passTime(started, 70 * minute, step)
    expect(new Set(details().map(({ path }) => path)).size).toBe(500)
    expect(details()).toHaveLength(500)
    // A quarter of 35 calls a minute.
    expect(mostWithin(minute)).toBe(8)
    const nodes = await askAll(program)
    expect(nodes).toHaveLength(500)
    for (const node of nodes) expect(node).toEqual({ ...node, subject: expect.any(String), keySize: 256 })
    expect(details()).toHaveLength(500)
    await program.close()
    const restarted = await started.start({ stateStore })
    await passTime(started, 5 * minute, step)
    expect(await askAll(restarted)).toEqual(nodes)
    expect(details()).toHaveLength(500)
  }, 180_000)

  it('is left to one of several processes, and what it finds counts for all', async () => {
    started = await startVendors(akamai(20))
    const stateStore = createSharedState()
    const programs = await Promise.all([0, 1, 2].map(() => started.start({ stateStore })))
    await passTime(started, 10 * minute, step)
    expect(details()).toHaveLength(20)
    expect(mostWithin(minute)).toBe(8)
    for (const program of programs) expect(await askAll(program)).toHaveLength(20)
    expect(details()).toHaveLength(20)
  }, 60_000)

  it('is continued by another process when the one that does it ends', async () => {
    started = await startVendors(akamai(20))
    const stateStore = createSharedState()
    const first = await started.start({ stateStore })
    await passTime(started, 90_000, 2_500)
    expect(details().length).toBeGreaterThan(2)
    await started.start({ stateStore })
    await first.close()
    await passTime(started, 10 * minute, 2_500)
    expect(details()).toHaveLength(20)
  }, 60_000)

  it('does nothing without prefetch', async () => {
    started = await startVendors(akamai(20))
    const program = await started.start({ upstream: {} })
    await program.ask('{ certificates { totalCount } }')
    await passTime(started, 10 * minute, 5_000)
    expect(details()).toEqual([])
  })

  it('takes no slot that operations may use, and no part of their share', async () => {
    started = await startVendors(akamai(100))
    const program = await started.start()
    await passTime(started, 3 * minute, 2_500)
    // All callers together have 17 of 35 calls a minute for the details of certificates.
    const before = details().length
    expect(before).toBeGreaterThan(8)
    const { data, errors } = await program.ask<{ certificates: { nodes: (typeof fields)[] } }>(
      '{ certificates(first: 17, orderBy: { field: EXPIRES_AT, direction: DESC }) { nodes { subject } } }',
    )
    expect(errors).toBeUndefined()
    expect(data.certificates.nodes).toHaveLength(17)
    const made = details().length - before
    expect(made).toBeGreaterThan(10)
    await passTime(started, 50_000, 2_500)
    // More than half of the limit is used: the rest is left to operations.
    expect(details().length - before).toBe(made)
    await passTime(started, 2 * minute, 2_500)
    expect(details().length - before).toBeGreaterThan(made)
  })

  it('pauses for longer and longer while the vendor fails, and calls once each time', async () => {
    started = await startVendors(akamai(20))
    const mend = started.fail(isDetail, { status: 503 })
    await started.start()
    await passTime(started, 20 * minute, 2_500)
    const failed = details()
    expect(failed.length).toBeGreaterThan(3)
    expect(failed.length).toBeLessThan(10)
    const gaps = failed.slice(1).map(({ at }, index) => at - (failed[index]?.at ?? 0))
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    mend()
    await passTime(started, 20 * minute, 2_500)
    expect(details().length - failed.length).toBe(20)
  }, 60_000)

  it('pauses when the vendor asks for it', async () => {
    started = await startVendors(akamai(20))
    started.fail(isDetail, { status: 429, headers: { 'retry-after': '600' } }, 1)
    await started.start()
    await passTime(started, 10 * minute, 2_500)
    expect(details()).toHaveLength(1)
    await passTime(started, 15 * minute, 2_500)
    expect(details()).toHaveLength(21)
  }, 60_000)

  it('pauses while the vendor forbids all certificates', async () => {
    started = await startVendors(akamai(40))
    started.fail(isDetail, { status: 403 })
    await started.start()
    await passTime(started, 30 * minute, 5_000)
    expect(details().length).toBeGreaterThan(3)
    expect(details().length).toBeLessThan(12)
  }, 60_000)

  it('leaves a certificate out for an hour whose details cannot be found', async () => {
    started = await startVendors(akamai(5))
    const { id } = firstOf(firstOf(firstOf(started.sandboxes.akamai.state.accounts).contracts).enrollments)
    started.fail((call) => isDetail(call) && call.path.includes(`/${id}/`), { status: 404 })
    await started.start()
    await passTime(started, 55 * minute, 5_000)
    expect(details()).toHaveLength(5)
    await passTime(started, 20 * minute, 5_000)
    expect(details()).toHaveLength(6)
  }, 60_000)

  it.each<[string, Effect]>([
    ['a 500', { status: 500 }],
    ['a 403', { status: 403 }],
    ['a 401', { status: 401 }],
    ['a 429', { status: 429, headers: { 'retry-after': '5' } }],
    ['a timeout', 'hang'],
    ['a response that is no JSON', { status: 200, body: '<html>' }],
  ])(
    'reads the other certificates when one always fails with %s, and tries that one ever more rarely',
    async (_name, effect) => {
      started = await startVendors(akamai(6))
      const [, { id }] = firstOf(firstOf(started.sandboxes.akamai.state.accounts).contracts).enrollments as [
        unknown,
        { id: number },
      ]
      const isOfOne = ({ path }: { readonly path: string }) => path.includes(`/${id}/`)
      started.fail((call) => isDetail(call) && isOfOne(call), effect)
      await started.start()
      await passTime(started, 5 * minute, 5_000)
      expect(details().filter((call) => !isOfOne(call))).toHaveLength(5)
      expect(details().filter(isOfOne)).toHaveLength(1)
      await passTime(started, 95 * minute, 60_000)
      expect(details()).toHaveLength(5 + details().filter(isOfOne).length)
      const ofOne = details().filter(isOfOne)
      expect(ofOne.length).toBeGreaterThan(1)
      expect(ofOne.length).toBeLessThan(6)
      const gaps = ofOne.slice(1).map(({ at }, index) => at - (ofOne[index]?.at ?? 0))
      expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    },
    60_000,
  )

  it('reads a certificate soon after its failures end', async () => {
    started = await startVendors(akamai(3))
    const { id } = firstOf(firstOf(firstOf(started.sandboxes.akamai.state.accounts).contracts).enrollments)
    const isOfOne = ({ path }: { readonly path: string }) => path.includes(`/${id}/`)
    started.fail((call) => isDetail(call) && isOfOne(call), { status: 500 }, 1)
    const program = await started.start()
    await passTime(started, 10 * minute, 5_000)
    expect(details().filter(isOfOne)).toHaveLength(2)
    expect(details()).toHaveLength(4)
    expect(await askAll(program)).toHaveLength(3)
    expect(details()).toHaveLength(4)
  }, 60_000)

  it('reads the other places of an account when all certificates of one are forbidden', async () => {
    started = await startVendors(akamai(8, 2))
    const { enrollments } = firstOf(firstOf(started.sandboxes.akamai.state.accounts).contracts)
    const isForbidden = ({ path }: { readonly path: string }) => enrollments.some(({ id }) => path.includes(`/${id}/`))
    started.fail((call) => isDetail(call) && isForbidden(call), { status: 403 })
    await started.start()
    await passTime(started, 5 * minute, 5_000)
    expect(details().filter((call) => !isForbidden(call))).toHaveLength(8)
  }, 60_000)

  it('reads the certificates of an OpenAI organization, one a second', async () => {
    started = await startVendors({ openai: { certificatesPerOrganization: 12, projectsPerOrganization: 2 } })
    const program = await started.start()
    await passTime(started, 5 * minute, 500)
    expect(details()).toHaveLength(12)
    expect(mostWithin(1_000)).toBe(1)
    expect(await askAll(program)).toHaveLength(12)
    expect(details()).toHaveLength(12)
  }, 60_000)

  it('reads a certificate that appears later', async () => {
    started = await startVendors(akamai(3))
    await started.start()
    await passTime(started, 3 * minute, 2_500)
    expect(details()).toHaveLength(3)
    const { enrollments } = firstOf(firstOf(started.sandboxes.akamai.state.accounts).contracts)
    const [kept] = enrollments.splice(0, 1)
    await passTime(started, 10 * minute, 2_500)
    expect(details()).toHaveLength(3)
    if (kept) enrollments.push(kept)
    await passTime(started, 10 * minute, 2_500)
    expect(details()).toHaveLength(3)
  }, 60_000)
})

describeWithRedis('reading the details of X.509 certificates ahead on replicas', () => {
  let redis: RunningRedis
  beforeEach(async () => {
    redis = await startRedis()
  })
  afterEach(() => {
    redis.thaw()
    return redis.stop()
  })

  it('is done by one of them for all, and by none while Redis is lost', async () => {
    started = await startVendors(akamai(20), false)
    const more = { redis: { url: redis.url, replicas: 3, secret: 'hush'.repeat(8) } }
    const programs = await Promise.all([0, 1, 2].map(() => started.start({ more })))
    while (details().length < 5) await passTime(started, 500)
    redis.freeze()
    const isLost = ({ log }: Program) => log.some(({ msg }) => String(msg).includes('Redis is not available'))
    // A replica finds out with its next command.
    while (!programs.every(isLost)) await passTime(started, 500)
    await passTime(started, 5_000, 500)
    const read = details().length
    expect(read).toBeLessThan(20)
    await passTime(started, 60_000, 500)
    expect(details()).toHaveLength(read)
    redis.thaw()
    while (details().length < 20) await passTime(started, 500)
    await passTime(started, minute, 500)
    for (const program of programs) expect(await askAll(program)).toHaveLength(20)
    expect(details()).toHaveLength(20)
  }, 60_000)
})
