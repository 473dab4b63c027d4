import { afterEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../../src/sandbox/call.ts'
import { passTime } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

let stack: Stack
let times: number[]
afterEach(() => stack.close())

/** Whether the call reads a list of certificates, not the contents of one. */
const isListing = (path: string) => /^\/(cps\/v2\/active-certificates|mtls\/)/.test(path)

/** Starts a stack and records the time of each listing at Akamai and LivePerson. */
async function start(scale: object, upstream: object, more: object = {}): Promise<void> {
  times = []
  stack = await startStack({
    scale,
    configure: ({ openai, akamai, liveperson }) => ({
      ...('openai' in scale && { openai }),
      ...('akamai' in scale && { akamai }),
      ...('liveperson' in scale && { liveperson }),
      upstream,
      ...more,
    }),
  })
  const note = ({ path }: Call) => {
    if (isListing(path)) times.push(stack.clock.now())
    return false
  }
  for (const { emulator } of [stack.akamai, stack.liveperson]) emulator.fault({ match: note, effect: 'reset' })
}

const akamai = (contractsPerAccount: number) => ({ akamai: { contractsPerAccount, enrollmentsPerContract: 2 } })
const ask = () => stack.ask<{ certificates: { complete: boolean } }>('{ certificates { totalCount complete fresh } }')

/** The largest number of calls within any window of this length. */
const mostWithin = (milliseconds: number) =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + milliseconds).length))

describe('prefetch', () => {
  it('reads every contract at the start, with half of the rate limit', async () => {
    await start(akamai(12), { prefetch: true })
    await passTime(stack, 180_000, 1_000)
    expect(times).toHaveLength(12)
    expect(mostWithin(60_000)).toBe(4)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(14_000)
    expect((await ask()).data.certificates).toEqual({ totalCount: 24, complete: true, fresh: true })
    expect(times).toHaveLength(12)
  })

  it('continues with other places while one waits for its vendor', async () => {
    await start({ openai: { certificatesPerOrganization: 2, projectsPerOrganization: 2 } }, { prefetch: true })
    const effect = { status: 429, headers: { 'retry-after': '3600' } }
    stack.openai.emulator.fault({ match: ({ path }) => path === '/v1/organization/projects', effect })
    await passTime(stack, 1_700_000, 10_000)
    expect(stack.callsTo('/v1/organization/projects').length).toBeLessThanOrEqual(2)
    expect(stack.callsTo('/v1/organization/certificates').length).toBeGreaterThan(4)
  })

  it('reports an unreachable vendor without documented limits as such, and no rate limit', async () => {
    await start({ openai: { certificatesPerOrganization: 2, projectsPerOrganization: 2 } }, { prefetch: true })
    stack.openai.emulator.fault({ match: () => true, effect: 'reset' })
    await passTime(stack, 30_000, 50)
    const codes = new Set(stack.log.map((line) => line['code']))
    expect(codes).toContain('UPSTREAM_UNAVAILABLE')
    expect(codes).not.toContain('UPSTREAM_RATE_LIMITED')
  })

  it('keeps readings fresh for an hour with half of the rate limit', async () => {
    await start(akamai(12), { prefetch: true })
    await passTime(stack, 240_000, 5_000)
    for (let time = 0; time < 56; time += 1) {
      await passTime(stack, 60_000, 7_500)
      const { data } = await stack.ask<{
        certificates: { complete: boolean; nodes: { asOf: string; stale: boolean }[] }
      }>('{ certificates(first: 100) { complete nodes { asOf stale } } }')
      expect(data.certificates.complete).toBe(true)
      for (const { asOf, stale } of data.certificates.nodes) {
        expect(stale).toBe(false)
        expect(stack.clock.now() - Date.parse(asOf)).toBeLessThanOrEqual(300_000)
      }
    }
    expect(mostWithin(60_000)).toBeLessThanOrEqual(4)
  }, 60_000)

  it('uses no more than its half when calls have to be retried', async () => {
    // An odd number: every other call fails, and each place has to get an answer.
    await start(akamai(11), { prefetch: true })
    let calls = 0
    const isFirst = ({ path }: Call) => isListing(path) && calls++ % 2 === 0
    stack.akamai.emulator.fault({ match: isFirst, effect: { status: 503 } })
    await passTime(stack, 600_000, 2_500)
    expect(calls).toBeGreaterThan(20)
    expect(calls).toBeLessThanOrEqual(41)
    expect((await ask()).data.certificates).toMatchObject({ complete: true })
  })

  it('uses half of its share without Redis', async () => {
    await start(akamai(12), { prefetch: true }, { redis: { url: 'redis://127.0.0.1:1', replicas: 3 } })
    await until(() => stack.log.some(({ msg }) => String(msg).includes('Redis is not available')))
    await passTime(stack, 900_000, 5_000)
    expect(times.length).toBeGreaterThanOrEqual(12)
    expect(mostWithin(60_000)).toBe(1)
    expect((await ask()).data.certificates).toMatchObject({ complete: true, fresh: true })
  })

  it('shares one rate limit among all accounts of LivePerson', async () => {
    await start({ liveperson: { accounts: 20, certificatesPerAccount: 1 } }, { prefetch: true })
    await passTime(stack, 6_000, 50)
    expect(times).toHaveLength(20)
    expect(mostWithin(1_000)).toBeLessThanOrEqual(5)
  })

  it('uses no more than its half when the ttl is shorter than minReadingAge', async () => {
    await start({ liveperson: { accounts: 20, certificatesPerAccount: 1 } }, { prefetch: true, ttl: '2s' })
    await passTime(stack, 20_000, 50)
    expect(times.length).toBeGreaterThan(20)
    expect(mostWithin(1_000)).toBeLessThanOrEqual(5)
  })

  it('reads the projects of an organization too', async () => {
    await start({ openai: { certificatesPerOrganization: 3, projectsPerOrganization: 5 } }, { prefetch: true })
    await passTime(stack, 3_000, 50)
    const [organization, ...projects] = stack.callsTo('/certificates').map(({ path }) => path)
    expect(organization).toBe('/v1/organization/certificates')
    expect(projects).toHaveLength(5)
    expect(new Set(projects).size).toBe(5)
  })

  it('continues while a vendor fails and afterwards', async () => {
    await start(akamai(2), { prefetch: true, ttl: '1m' })
    await passTime(stack, 40_000, 5_000)
    const recover = stack.akamai.emulator.fault({ effect: { status: 500 } })
    await passTime(stack, 600_000, 5_000)
    expect((await ask()).data.certificates).toMatchObject({ complete: true, fresh: false })
    recover()
    await passTime(stack, 400_000, 5_000)
    expect((await ask()).data.certificates).toMatchObject({ complete: true, fresh: true })
  })

  it('is off by default, and can be on for one vendor alone', async () => {
    await start({ ...akamai(2), liveperson: { accounts: 2 } }, { liveperson: { prefetch: true } })
    await until(() => stack.callsTo('/mtls/').length > 0)
    await passTime(stack, 5_000, 500)
    expect(stack.callsTo('/mtls/')).toHaveLength(2)
    expect(stack.akamai.emulator.calls).toEqual([])
  })

  it('ends with the program', async () => {
    await start(akamai(2), { prefetch: true })
    await passTime(stack, 1_000)
    // One for the lists, and one for the details of their certificates, which have no threshold any more.
    expect(stack.clock.pendingSleeps).toBe(2)
    await stack.close()
    expect(stack.clock.pendingSleeps).toBe(0)
  })
})
