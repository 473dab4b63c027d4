import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import { PlaceMetrics } from '../../src/metrics/place-metrics.ts'
import { SourceErrors } from '../../src/metrics/source-errors.ts'
import { type Labels, printFamily } from '../../src/metrics/text-format.ts'
import type { CertificateHolder, PlacedCertificate } from '../../src/providers/place.ts'
import type { Vendor } from '../../src/providers/provider.ts'
import { endlessTimeSlice, type TimeSlice } from '../../src/time-slice.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { samplesOf, sampleValue } from '../support/samples.ts'
import { startStack } from '../support/stack.ts'

const query = '{ certificates(first: 100) { nodes { id expiresAt } totalCount } certificateStatistics { total } }'

describe('the limit on certificates', () => {
  it('keeps those with the soonest expiry, and reports how many are left out', async () => {
    const stack = await startStack({ configure: (file) => ({ ...file, metrics: { certificates: 7 } }) })
    const { data } = await stack.ask<{ certificates: { nodes: { expiresAt: string | null }[]; totalCount: number } }>(
      query,
    )
    const text = await stack.scrape()
    const { nodes, totalCount } = data.certificates
    const soonest = nodes.flatMap(({ expiresAt }) =>
      expiresAt === null ? [] : Math.floor(Date.parse(expiresAt) / 1000),
    )
    const kept = samplesOf(text, 'x509_cert_not_after').map(({ value }) => value)
    expect(kept.toSorted((a, b) => a - b)).toEqual(soonest.toSorted((a, b) => a - b).slice(0, 7))
    expect(samplesOf(text, 'x509_cert_error')).toHaveLength(7)
    expect(sampleValue(text, 'certgraph_metrics_certificates_omitted')).toBe(totalCount - 7)
    const counted = samplesOf(text, 'certgraph_certificates').reduce((sum, { value }) => sum + value, 0)
    expect(counted).toBe(totalCount)
    await stack.close()
  })

  it('of 0 leaves the counts', async () => {
    const stack = await startStack({ configure: (file) => ({ ...file, metrics: { certificates: 0 } }) })
    await stack.ask(query)
    const text = await stack.scrape()
    expect(samplesOf(text, 'x509_cert_not_after')).toEqual([])
    expect(sampleValue(text, 'certgraph_metrics_certificates_omitted')).toBeGreaterThan(40)
    await stack.close()
  })
})

const clock = createManualClock()
const place = {
  id: 'cGxhY2U=',
  provider: 'EXAMPLE',
  vendorId: 'acme',
  readingKey: 'acme',
  read: () => {},
  lastRenewal: () => null,
  sourceStates: () => [{ place, kind: 'CERTIFICATES', asOf: 0, isUp: true, isOverdue: false, unreadableRows: 0 }],
} as unknown as CertificateHolder

/** Metrics of one place with certificates that expire after these days. */
function createMetrics(days: readonly number[], labelsOf: (certificate: PlacedCertificate) => Labels, limit: number) {
  const rows = days.map((day, index) => {
    const row = { id: `${index}`, provider: 'EXAMPLE', place, expiresAt: day * 86_400_000, parseIssues: [] }
    return row as unknown as PlacedCertificate
  })
  const list = new CertificateList(rows)
  const known = { places: [{ place, parent: null, list, isSearched: true }] }
  const vendor = { knownPlaces: () => known } as unknown as Vendor
  const settings = { expiry: { critical: 0, warning: 0 }, ownerOf: () => '', limit }
  const metrics = new PlaceMetrics({ clock, errors: new SourceErrors(), labelsOf })
  return async (timeSlice: TimeSlice = endlessTimeSlice) => {
    const families = await metrics.collect([vendor], { places: null }, settings, timeSlice)
    const parts: Buffer[] = []
    for (const family of families) parts.push(...(await printFamily(family, timeSlice)))
    return parts.join('')
  }
}

describe('certificates with equal labels', () => {
  it('have one series, that of the soonest expiry, and each scrape counts the others', async () => {
    const scrape = createMetrics([3, 1, 2], () => ({ filepath: 'example/acme/1', discriminator: '01234567' }), 100)
    await scrape()
    const text = await scrape()
    expect(samplesOf(text, 'x509_cert_not_after').map(({ value }) => value)).toEqual([86_400])
    expect(sampleValue(text, 'x509_cert_collision_dropped_total', { source_kind: 'example' })).toBe(4)
  })
})

describe('a scrape of 75,000 certificates', () => {
  it('gives way to other work all the time', async () => {
    const days = Array.from({ length: 75_000 }, (_, index) => (index * 7_919) % 75_000)
    const labelsOf = ({ id }: PlacedCertificate) => ({ filepath: `example/acme/${id}`, discriminator: id })
    const scrape = createMetrics(days, labelsOf, 1_000)
    let pauses = 0
    const timeSlice: TimeSlice = {
      begin: async () => {},
      isOver: () => true,
      async next() {
        pauses += 1
      },
    }
    const text = await scrape(timeSlice)
    const ends = samplesOf(text, 'x509_cert_not_after').map(({ value }) => value / 86_400)
    expect(ends).toEqual(Array.from({ length: 1_000 }, (_, day) => day))
    expect(sampleValue(text, 'certgraph_metrics_certificates_omitted')).toBe(74_000)
    // Every 32 rows are a piece of each of the two scans of all rows, and so are the pieces of the sort.
    expect(pauses).toBeGreaterThan((2 * 75_000) / 32)
  })
})
