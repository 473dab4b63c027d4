import { afterEach, describe, expect, it } from '@jest/globals'
import { createFolder } from '../support/folder.ts'
import { sendRequest } from '../support/http-client.ts'
import { samplesOf, sampleValue } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const one = '{ livePersonAccount(id: "le4830275") { id } }'

let stack: Stack
afterEach(() => stack.close())

const start = async (metrics: object = {}, rest: object = {}) => {
  stack = await startStack({ configure: (file) => ({ ...file, ...rest, metrics }) })
}
const count = async (name: string, outcome: string) =>
  sampleValue(await stack.scrape(), 'certgraph_operations_total', { name, outcome }) ?? 0

describe('operations', () => {
  it('are counted by their listed names, and all others as other', async () => {
    await start({ operations: ['Dashboard'] })
    await stack.ask(`query Dashboard ${one}`)
    for (let index = 0; index < 30; index += 1) await stack.ask(`query Unlisted${index} ${one}`)
    await stack.ask(one)
    const series = samplesOf(await stack.scrape(), 'certgraph_operations_total')
    const exported = ['csv', 'cyclonedx', 'ics', 'json']
    expect(new Set(series.map(({ labels }) => labels['name']))).toEqual(new Set(['Dashboard', 'other', ...exported]))
    expect([await count('Dashboard', 'success'), await count('other', 'success')]).toEqual([1, 31])
    const durations = await stack.scrape()
    expect(sampleValue(durations, 'certgraph_operation_duration_seconds_count', { name: 'other' })).toBe(31)
  })

  it('are listed by a trusted document', async () => {
    const folder = createFolder({ 'documents.json': JSON.stringify({ one: `query Trusted ${one}` }) })
    await start({}, { documents: { file: `${folder}/documents.json`, mode: 'allow' } })
    expect(await count('Trusted', 'success')).toBe(0)
    await stack.ask(`query Trusted ${one}`)
    expect(await count('Trusted', 'success')).toBe(1)
  })

  it('are counted when their answer is stored', async () => {
    await start({ operations: ['Dashboard'] })
    for (let index = 0; index < 5; index += 1) await stack.ask(`query Dashboard ${one}`)
    expect(stack.log.filter(({ stored }) => stored === true)).toHaveLength(4)
    expect(await count('Dashboard', 'success')).toBe(5)
  })

  it('are counted by their outcome', async () => {
    await start()
    await stack.ask('{ unknown }')
    await stack.ask('{ openAIOrganization(id: "org_other") { id } livePersonAccount(id: "le4830275") { id } }')
    expect([await count('other', 'error'), await count('other', 'partial')]).toEqual([1, 1])
    stack.akamai.emulator.fault({ effect: 'hang' })
    const client = new AbortController()
    const left = stack.ask('{ certificates { totalCount } }', {}, client.signal).catch(() => {})
    await until(() => stack.akamai.emulator.calls.length > 0)
    client.abort()
    await left
    await until(() => stack.log.some(({ clientLeft }) => clientLeft === true))
    expect(await count('other', 'client_left')).toBe(1)
  })

  it('are no scrapes and no probes', async () => {
    await start()
    await sendRequest(stack.url.replace('/graphql', '/health'))
    await stack.scrape()
    await stack.scrape()
    const counted = samplesOf(await stack.scrape(), 'certgraph_operations_total')
    expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(0)
    expect(sampleValue(await stack.scrape(), 'x509_scrape_duration_seconds_count')).toBe(3)
  })
})

describe('readings', () => {
  it('are counted by how operations got them', async () => {
    await start()
    const results = async () => {
      const text = await stack.scrape()
      const results = ['fresh', 'stale', 'miss', 'shared']
      return results.map((result) => sampleValue(text, 'certgraph_readings_total', { result }))
    }
    const read = (alias: string) =>
      stack.ask(`{ ${alias}: livePersonAccount(id: "le4830275") { certificates { totalCount } } }`)
    await read('a')
    expect(await results()).toEqual([0, 0, 1, 0])
    await read('b')
    expect(await results()).toEqual([1, 0, 1, 0])
    stack.clock.advance(301_000)
    await read('c')
    expect(await results()).toEqual([1, 1, 1, 0])
    await stack.ask('{ certificates(first: 1) { totalCount } }')
    const before = (await results())[0] ?? 0
    await stack.ask('{ certificates(first: 2) { totalCount } }')
    // One for each place that has not changed, besides the discovery.
    expect((await results())[0]).toBeGreaterThanOrEqual(before + 5)
  })

  it('that several operations wait for are shared', async () => {
    await start()
    const read = (alias: string) =>
      stack.ask(`{ ${alias}: livePersonAccount(id: "le4830275") { certificates { totalCount } } }`)
    await Promise.all([read('a'), read('b'), read('c')])
    const text = await stack.scrape()
    expect(sampleValue(text, 'certgraph_readings_total', { result: 'miss' })).toBe(1)
    expect(sampleValue(text, 'certgraph_readings_total', { result: 'shared' })).toBe(2)
  })
})

describe('a preflight that is rejected', () => {
  it('is no operation, and gets its answer', async () => {
    await start({}, { server: { cors: { origins: ['https://app.example.com'] } } })
    const headers = { origin: 'https://other.example.com', 'access-control-request-method': 'POST' }
    expect(await sendRequest(stack.url, { method: 'OPTIONS', headers })).toMatchObject({ status: 403 })
    expect(await count('other', 'error')).toBe(0)
  })
})
