import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseConfig } from '../../src/config.ts'
import type { Operation } from '../../src/operation.ts'
import { providers } from '../../src/providers/list.ts'
import type { Vendor } from '../../src/providers/provider.ts'
import { listSourceStates } from '../../src/providers/source-states.ts'
import type { Fault } from '../../src/sandbox/fault.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'
import { createTransport } from '../../src/upstream/transport.ts'
import { createVendors } from '../../src/vendors.ts'
import { idleUpstream } from '../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { createOperation } from '../support/operation.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { startSandboxes } from '../support/sandboxes.ts'

const everyone = { caller: { places: null } }
const beyondStaleWhileRevalidate = 11 * 60_000
const beyondStaleIfError = 25 * 3_600_000

let clock: ManualClock
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
let transport: ReturnType<typeof createTransport>
let vendors: readonly Vendor[]

beforeEach(async () => {
  clock = createManualClock()
  sandboxes = await startSandboxes({ now: clock.now, limits: false })
  transport = createTransport(1_000_000)
  const config = parseConfig(providers, sandboxes.file, { env: {}, cwd: '/', mode: 'live' })
  const settings = new Map(Object.entries(config.providers).map(([key, part]) => [key, part?.upstream]))
  vendors = createVendors(config.providers, (vendor) => ({
    ...idleUpstream,
    clock,
    transport,
    settings: { ...defaultSettings, ...settings.get(vendor), limits: [] },
  }))
})
afterEach(async () => {
  await transport.close()
  await sandboxes.close()
})

const newOperation = (operation: Partial<Operation> = {}) =>
  createOperation({ now: clock.now(), deadline: clock.elapsed() + 25_000, ...operation })

/** Reads all places, as a query for all certificates does. */
async function search() {
  await whileTimePasses(clock, Promise.all(vendors.map(({ catalogue }) => catalogue.read(newOperation()))))
}

const calls = () => sandboxes.emulators.reduce((sum, emulator) => sum + emulator.calls.length, 0)

/** `<vendor's id> <kind> <status>` of each source of a caller. */
function statesOf(visitor: Parameters<typeof listSourceStates>[1] = everyone): readonly string[] {
  const before = calls()
  const states = listSourceStates(vendors, visitor)
  expect(calls()).toBe(before)
  return states.map(({ place, kind, status }) => `${place.vendorId} ${kind} ${status}`)
}

function stateOf(vendorId: string, kind = 'CERTIFICATES') {
  const found = listSourceStates(vendors, everyone).find(
    (state) => state.place.vendorId === vendorId && state.kind === kind,
  )
  if (!found) throw new Error(`${vendorId} is no source`)
  return found
}

const failing = (part: string): Fault => ({
  match: ({ target }) => target.includes(part),
  effect: { status: 503 },
})

describe('the states of sources', () => {
  it('are UNREAD before the first reading, for the lists that a search reads', () => {
    expect(statesOf()).toEqual([
      'org_bluequay CERTIFICATES UNREAD',
      'bluequay DISCOVERY UNREAD',
      'le4830275 CERTIFICATES UNREAD',
      '52710934 CERTIFICATES UNREAD',
    ])
  })

  it('do not make a place count as one that is read', () => {
    const ages = () =>
      vendors.flatMap(({ prefetchQueues }) => prefetchQueues.map(({ schedule }) => schedule.refreshAge))
    const before = ages()
    statesOf()
    expect(ages()).toEqual(before)
  })

  it('have the places that a discovery has found, and the age and size of each reading', async () => {
    await search()
    clock.advance(20_000)
    expect(statesOf().filter((each) => !each.endsWith(' OK'))).toEqual([])
    const state = stateOf('K-2CB4PY1')
    expect(state).toMatchObject({ isDue: false, error: null, unreadableRows: 0, circuitOpen: false, isWaiting: false })
    expect(state.age).toBeGreaterThanOrEqual(20_000)
    expect(state.asOf).toBe(clock.now() - (state.age ?? 0))
    expect(state.list?.rows.length).toBe(state.certificateCount)
    expect(state.certificateCount).toBeGreaterThan(0)
    expect(state.parent?.provider).toBe('AKAMAI')
  })

  it('are STALE with the error while a refresh fails, and FAILED when the reading is too old to be served', async () => {
    await search()
    sandboxes.sandboxes.akamai.emulator.fault(failing('K-2CB4PY1'))
    clock.advance(beyondStaleWhileRevalidate)
    expect(stateOf('K-2CB4PY1')).toMatchObject({ status: 'OK', isDue: true })
    await search()
    expect(stateOf('K-2CB4PY1')).toMatchObject({
      status: 'STALE',
      certificateCount: expect.any(Number),
      error: { code: 'UPSTREAM_UNAVAILABLE' },
      lastAnswer: { details: { httpStatus: 503 } },
    })
    clock.advance(beyondStaleIfError)
    await search()
    expect(stateOf('K-2CB4PY1')).toMatchObject({ status: 'FAILED', asOf: null, age: null, certificateCount: null })
    expect(stateOf('K-2CB4PY1').list?.rows.length).toBeGreaterThan(0)
  })

  it('have the time of the first attempt since the last success', async () => {
    await search()
    expect(stateOf('K-2CB4PY1').attemptedSince).toBeNull()
    sandboxes.sandboxes.akamai.emulator.fault(failing('K-2CB4PY1'))
    clock.advance(beyondStaleWhileRevalidate)
    await search()
    const { attemptedSince } = stateOf('K-2CB4PY1')
    expect(attemptedSince).toBeGreaterThan(clock.now() - beyondStaleWhileRevalidate)
    expect(attemptedSince).toBeLessThanOrEqual(clock.now())
    clock.advance(beyondStaleIfError)
    await search()
    expect(stateOf('K-2CB4PY1')).toMatchObject({ status: 'FAILED', attemptedSince })
    sandboxes.sandboxes.akamai.emulator.reset()
    clock.advance(beyondStaleIfError)
    await search()
    expect(stateOf('K-2CB4PY1')).toMatchObject({ status: 'OK', attemptedSince: null })
  })

  it('keep the error of the vendor while the circuit is open', async () => {
    await search()
    sandboxes.sandboxes.akamai.emulator.fault(failing('/active-certificates'))
    clock.advance(beyondStaleIfError)
    for (let attempt = 0; attempt < 40 && !stateOf('K-2CB4PY1').circuitOpen; attempt += 1) {
      await search()
      clock.advance(6_000)
    }
    await search()
    expect(stateOf('K-2CB4PY1')).toMatchObject({
      circuitOpen: true,
      status: 'FAILED',
      error: { code: 'UPSTREAM_CIRCUIT_OPEN' },
      lastAnswer: { code: 'UPSTREAM_UNAVAILABLE', details: { httpStatus: 503 } },
    })
  })

  it('have another reading only while something reads it', async () => {
    await search()
    const discovery = 'org_bluequay DISCOVERY'
    expect(statesOf().join()).not.toContain(discovery)
    await whileTimePasses(clock, Promise.all(vendors.map((vendor) => vendor.places(newOperation()))))
    expect(statesOf()).toContain(`${discovery} OK`)
    clock.advance(beyondStaleWhileRevalidate)
    expect(statesOf().join()).not.toContain(discovery)
  })

  it('are those of the places that a limited caller sees, and the discovery that has found them', async () => {
    await search()
    const seen = statesOf({ caller: { places: new Set(['K-2CB4PY1', '52710934']) } })
    expect(seen).toEqual(['K-2CB4PY1 CERTIFICATES OK', 'bluequay DISCOVERY OK', '52710934 CERTIFICATES OK'])
    expect(statesOf({ caller: { places: new Set(['unknown']) } })).toEqual([])
  })
})
