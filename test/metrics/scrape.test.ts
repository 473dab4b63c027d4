import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { checkMetrics, describeWithPrometheus } from '../support/prometheus.ts'
import { parseSamples, samplesOf, sampleValue } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Node {
  readonly id: string
  readonly provider: string
  readonly name: string | null
  readonly expiresAt: string | null
  readonly expiryStatus: string
  readonly parseIssues: readonly string[]
}

let stack: Stack
let atStart: string
let after: string
let nodes: readonly Node[]
/** The calls that the vendors have received before the second scrape. */
let calls: number

beforeAll(async () => {
  stack = await startStack()
  atStart = await stack.scrape()
  // One row with a date that cannot be read.
  stack.liveperson.emulator.fault({
    match: ({ path }) => path === '/mtls/account/le4830275/certificates',
    effect: { patch: (body) => withoutDate(body) },
  })
  const query = `{ certificates(first: 100) {
    complete nodes { id provider name expiresAt expiryStatus parseIssues }
  } }`
  const { data } = await stack.ask<{ certificates: { complete: boolean; nodes: readonly Node[] } }>(query)
  expect(data.certificates.complete).toBe(true)
  nodes = data.certificates.nodes
  calls = stack.emulators.reduce((sum, emulator) => sum + emulator.calls.length, 0)
  after = await stack.scrape()
})
afterAll(() => stack.close())

function withoutDate(body: unknown): unknown {
  const [first, ...rest] = body as readonly object[]
  return [{ ...first, expirationDate: 'soon' }, ...rest]
}

const discriminatorOf = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 16)
const secondsOf = (date: string) => Math.floor(Date.parse(date) / 1000)

describe('before the first reading', () => {
  it('every source is down, with one series of errors at zero', () => {
    const sources = samplesOf(atStart, 'x509_source_up')
    expect(sources.map(({ labels }) => [labels['source_kind'], labels['source_name']])).toEqual([
      ['openai', 'org_bluequay'],
      ['akamai', 'bluequay/discovery'],
      ['liveperson', 'le4830275'],
      ['liveperson', '52710934'],
    ])
    expect(sources.every(({ value }) => value === 0)).toBe(true)
    const errors = samplesOf(atStart, 'x509_source_errors_total')
    expect(errors).toHaveLength(sources.length)
    expect(errors.every(({ value }) => value === 0)).toBe(true)
  })

  it('there are no series of certificates and no times, and counts are zero', () => {
    expect(samplesOf(atStart, 'x509_cert_not_after')).toEqual([])
    expect(samplesOf(atStart, 'certgraph_source_reading_timestamp_seconds')).toEqual([])
    const zeros = ['certgraph_certificates', 'certgraph_readings_total', 'certgraph_operations_total'] as const
    for (const name of [...zeros, 'x509_cert_collision_dropped_total', 'certgraph_source_complete']) {
      const values = samplesOf(atStart, name).map(({ value }) => value)
      expect([name, new Set(values)]).toEqual([name, new Set([0])])
    }
    expect(sampleValue(atStart, 'certgraph_config_last_reload_successful')).toBe(1)
    for (const name of ['state_in_memory', 'redis_alone', 'history_changes'])
      expect([name, sampleValue(atStart, `certgraph_${name}`)]).toEqual([name, 0])
  })
})

describe('the series of certificates', () => {
  it('have the names, labels and units of enix/x509-certificate-exporter, and provider, place and owner', () => {
    const node = nodes.find(({ provider, name }) => provider === 'AKAMAI' && name === 'quotes.bluequay.example')
    const [sample] = samplesOf(after, 'x509_cert_not_after', { discriminator: discriminatorOf(node?.id ?? '') })
    expect(sample?.value).toBe(secondsOf(node?.expiresAt ?? ''))
    expect(sample?.labels).toEqual({
      serial_number: expect.stringMatching(/^\d{20,}$/),
      subject_C: '',
      subject_ST: '',
      subject_L: '',
      subject_O: '',
      subject_OU: '',
      subject_CN: 'quotes.bluequay.example',
      issuer_C: 'SE',
      issuer_ST: '',
      issuer_L: '',
      issuer_O: 'Lanternfield Trust',
      issuer_OU: '',
      issuer_CN: expect.stringContaining('Lanternfield'),
      filename: expect.stringMatching(/^\d+$/),
      filepath: expect.stringMatching(/^akamai\/C-1BQ7FR8\/\d+$/),
      embedded_kind: '',
      embedded_key: '',
      secret_namespace: '',
      secret_name: '',
      secret_key: '',
      discriminator: discriminatorOf(node?.id ?? ''),
      provider: 'AKAMAI',
      place: 'C-1BQ7FR8',
      owner: '',
    })
  })

  it('have a path made of the vendor’s ids, and the vendor’s name where the list has no subject', () => {
    const paths = (provider: string) => samplesOf(after, 'x509_cert_error', { provider }).map(({ labels }) => labels)
    for (const { filepath, subject_CN, filename } of paths('OPENAI')) {
      expect(filepath).toBe(`openai/org_bluequay/${filename}`)
      expect(nodes.some(({ name, provider }) => provider === 'OPENAI' && (name ?? '') === subject_CN)).toBe(true)
    }
    for (const { filepath } of paths('LIVEPERSON'))
      expect(filepath).toMatch(/^liveperson\/(le4830275|52710934)\/[\w-]+$/)
  })

  it('are those of the certificates of the API, without the soft-deleted ones', () => {
    const bySeries = (name: string) =>
      new Map(samplesOf(after, name).map(({ labels, value }) => [labels['discriminator'], value]))
    const wanted = (valueOfNode: (node: Node) => number | null) =>
      new Map(
        nodes.flatMap((node) => {
          const value = valueOfNode(node)
          return value === null ? [] : [[discriminatorOf(node.id), value] as const]
        }),
      )
    const dated = (date: string | null) => (date === null ? null : secondsOf(date))
    expect(bySeries('x509_cert_not_after')).toEqual(wanted(({ expiresAt }) => dated(expiresAt)))
    expect(bySeries('x509_cert_expired')).toEqual(wanted(({ expiryStatus }) => Number(expiryStatus === 'EXPIRED')))
    expect(bySeries('x509_cert_error')).toEqual(wanted(({ parseIssues }) => Number(parseIssues.length > 0)))
    expect([...bySeries('x509_cert_error').values()]).toContain(1)
    const ofOpenAI = new Set(nodes.flatMap(({ id, provider }) => (provider === 'OPENAI' ? [discriminatorOf(id)] : [])))
    expect([...bySeries('x509_cert_not_before').keys()].every((each) => each && ofOpenAI.has(each))).toBe(true)
  })

  it('without an expiry date are counted, and have no date', () => {
    const unknown = nodes.filter(({ expiresAt }) => expiresAt === null)
    expect(unknown.length).toBeGreaterThan(0)
    const counted = samplesOf(after, 'certgraph_certificate_expiry_unknown').reduce((sum, { value }) => sum + value, 0)
    expect(counted).toBe(unknown.length)
    for (const { id } of unknown)
      expect(samplesOf(after, 'x509_cert_not_after', { discriminator: discriminatorOf(id) })).toEqual([])
  })

  it('are counted by vendor and expiry status', () => {
    for (const { labels, value } of samplesOf(after, 'certgraph_certificates')) {
      const same = nodes.filter(
        ({ provider, expiryStatus }) => provider === labels['provider'] && expiryStatus === labels['expiry_status'],
      )
      expect([labels, value]).toEqual([labels, same.length])
    }
  })

  it('keep their labels when a query has read their X.509 certificates', async () => {
    const query = '{ certificates(first: 20) { nodes { subject issuer serialNumber } } }'
    const { errors } = await stack.ask(query)
    expect(errors).toBeUndefined()
    const namesOf = (text: string) => samplesOf(text, 'x509_cert_not_after').map(({ labels }) => labels)
    expect(namesOf(await stack.scrape())).toEqual(namesOf(after))
  })
})

describe('a scrape', () => {
  it('makes no call to a vendor, however often it is repeated', async () => {
    const made = () => stack.emulators.reduce((sum, { calls }) => sum + calls.length, 0)
    const before = made()
    expect(before).toBeGreaterThan(0)
    for (let count = 0; count < 60; count += 1) await stack.scrape()
    expect(made()).toBe(before)
  })

  it('makes no call when nothing was read', async () => {
    const idle = await startStack()
    for (let count = 0; count < 60; count += 1) await idle.scrape()
    expect(idle.emulators.flatMap(({ calls }) => calls)).toEqual([])
    await idle.close()
  })

  it('counts calls, readings and operations', () => {
    const requests = samplesOf(after, 'certgraph_upstream_requests_total')
    expect(requests.reduce((sum, { value }) => sum + value, 0)).toBe(calls)
    expect(requests).toContainEqual({
      name: 'certgraph_upstream_requests_total',
      labels: { provider: 'AKAMAI', account: 'bluequay', operation: 'active_certificates', outcome: 'success' },
      value: 2,
    })
    expect(sampleValue(after, 'certgraph_readings_total', { result: 'miss' })).toBe(6)
    expect(sampleValue(after, 'certgraph_operations_total', { name: 'other', outcome: 'success' })).toBe(1)
    expect(sampleValue(after, 'certgraph_rate_limit_limit_calls', { account: 'bluequay' })).toBe(8)
    expect(sampleValue(after, 'certgraph_rate_limit_remaining_calls', { account: 'bluequay' })).toBe(6)
    expect(sampleValue(after, 'certgraph_circuit_open', { account: 'bluequay' })).toBe(0)
  })

  it('has each series once, and none with two families of the same name', () => {
    const series = parseSamples(after).map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    expect(new Set(series).size).toBe(series.length)
    const families = after.split('\n').filter((line) => line.startsWith('# TYPE'))
    expect(new Set(families).size).toBe(families.length)
  })

  it('has no metric of the process that promtool reports', () => {
    expect(after).toContain('process_cpu_seconds_total')
    expect(after).not.toMatch(/nodejs_active_(handles|requests|resources)_total/)
  })
})

describeWithPrometheus('promtool check metrics', () => {
  it('reports nothing, at the start and later', () => {
    expect([checkMetrics(atStart), checkMetrics(after)]).toEqual(['', ''])
  })

  it('reports a metric that is named as another type', () => {
    expect(checkMetrics('# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n')).toContain('a_total')
  })
})
