import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { failureTtl, passTime, whileTimePasses } from '../support/passing-time.ts'
import { samplesOf, sampleValue } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { expireReadings, type Outage, outages, startStackWithSixPlaces } from '../support/vendor-outage.ts'

const query = '{ certificates(first: 1) { totalCount complete } }'
const names: Readonly<Record<string, string>> = { OPENAI: 'org_scaled0', AKAMAI: 'C-0S0', LIVEPERSON: 'le7000000' }
const sourceOf = ({ provider }: Outage) => ({ source_kind: provider.toLowerCase(), source_name: names[provider] ?? '' })

const failures: readonly (readonly [reason: string, effect: Effect])[] = [
  ['rate_limited', { status: 429, headers: { 'retry-after': '3600' } }],
  ['http_401', { status: 401 }],
  ['http_403', { status: 403 }],
  ['http_4xx', { status: 404 }],
  ['http_5xx', { status: 503 }],
  ['malformed', { status: 200, body: 'not JSON' }],
  ['malformed', { status: 302, headers: { location: 'https://evil.example' } }],
  ['unreachable', 'reset'],
]

describe.each(outages)('a source of $brand', (outage) => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStackWithSixPlaces()
  })
  beforeEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  const source = sourceOf(outage)
  const read = () => whileTimePasses(stack.clock, stack.ask(query))
  const up = async () => sampleValue(await stack.scrape(), 'x509_source_up', source)
  const errors = async (reason: string) =>
    sampleValue(await stack.scrape(), 'x509_source_errors_total', { ...source, reason }) ?? 0

  it.each(failures)('is down while its vendor fails, which counts as %s', async (reason, effect) => {
    await read()
    expect(await up()).toBe(1)
    const before = await errors(reason)
    const others = samplesOf(await stack.scrape(), 'x509_source_up').length
    await passTime(stack, failureTtl)
    const end = outage.emulator(stack).fault({ match: (call) => outage.strikes(stack, call), effect })
    await read()
    expect(await up()).toBe(0)
    expect(await errors(reason)).toBe(before + 1)
    const ups = samplesOf(await stack.scrape(), 'x509_source_up')
    expect(ups.filter(({ value }) => value === 1)).toHaveLength(others - 1)
    end()
    await passTime(stack, 3_700_000)
    await read()
    expect(await up()).toBe(1)
  })

  it('is down when the vendor does not answer in time', async () => {
    await read()
    const before = await errors('timeout')
    await passTime(stack, failureTtl)
    const end = outage.emulator(stack).fault({ match: (call) => outage.strikes(stack, call), effect: 'hang' })
    await whileTimePasses(stack.clock, stack.ask(query), 60_000)
    expect([await up(), await errors('timeout')]).toEqual([0, before + 1])
    end()
  })
})

describe('a source that fails', () => {
  let stack: Stack
  const source = { source_kind: 'akamai', source_name: 'C-0S0' }
  const failed = {
    match: ({ path }: { path: string }) => path === '/cps/v2/active-certificates',
    effect: { status: 503 },
  }
  const read = () => whileTimePasses(stack.clock, stack.ask(query))
  beforeEach(async () => {
    stack = await startStackWithSixPlaces({ ttl: '1m', staleWhileRevalidate: '1m', staleIfError: '1h' })
    await read()
    stack.akamai.emulator.fault(failed)
    await passTime(stack, 125_000)
    await read()
  })

  it('keeps the series of its certificates as long as its reading is served', async () => {
    const seriesOf = (text: string) => samplesOf(text, 'x509_cert_not_after', { place: 'C-0S0' }).length
    const served = await stack.scrape()
    expect(sampleValue(served, 'x509_source_up', source)).toBe(0)
    expect(sampleValue(served, 'certgraph_source_stale', source)).toBe(1)
    expect(sampleValue(served, 'certgraph_source_complete', source)).toBe(1)
    expect(seriesOf(served)).toBe(3)
    const readAt = sampleValue(served, 'certgraph_source_reading_timestamp_seconds', source)
    expect(readAt).toBeLessThan(stack.clock.now() / 1000 - 120)
    await passTime(stack, 3_600_000)
    const ended = await stack.scrape()
    expect(seriesOf(ended)).toBe(0)
    expect(sampleValue(ended, 'certgraph_source_stale', source)).toBe(1)
    expect(sampleValue(ended, 'certgraph_source_complete', source)).toBe(0)
    expect(sampleValue(ended, 'certgraph_source_reading_timestamp_seconds', source)).toBeUndefined()
    await stack.close()
  })

  it('counts no errors while its circuit is open, and is down', async () => {
    for (let count = 0; count < 4; count += 1) {
      await passTime(stack, failureTtl)
      await read()
    }
    const open = await stack.scrape()
    expect(sampleValue(open, 'certgraph_circuit_open', { provider: 'AKAMAI' })).toBe(1)
    const errors = (text: string) =>
      samplesOf(text, 'x509_source_errors_total', source).reduce((sum, { value }) => sum + value, 0)
    const before = errors(open)
    for (let count = 0; count < 3; count += 1) {
      await passTime(stack, failureTtl)
      await read()
    }
    const after = await stack.scrape()
    expect([sampleValue(after, 'x509_source_up', source), errors(after)]).toEqual([0, before])
    await stack.close()
  })
})

describe('a list that a search does not need', () => {
  it('is a source while something reads it, and no longer', async () => {
    const stack = await startStack({ scale: {} })
    const organization = 'openAIOrganization(id: "org_scaled0")'
    const isSource = async (name: string) =>
      samplesOf(await stack.scrape(), 'x509_source_up', { source_name: name }).length === 1
    await stack.ask(query)
    expect(await isSource('org_scaled0/discovery')).toBe(false)
    const { data } = await stack.ask<{
      openAIOrganization: { projects: { nodes: { projectId: string; certificates: object }[] } }
    }>(`{ ${organization} { projects(first: 1) { nodes { projectId certificates(first: 1) { totalCount } } } } }`)
    const projectId = data.openAIOrganization.projects.nodes[0]?.projectId ?? ''
    expect([await isSource('org_scaled0/discovery'), await isSource(projectId)]).toEqual([true, true])
    await passTime(stack, 3_600_000)
    expect([await isSource('org_scaled0/discovery'), await isSource(projectId)]).toEqual([false, false])
    expect(await isSource('org_scaled0')).toBe(true)
    await stack.close()
  })
})
