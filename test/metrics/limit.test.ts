import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import { PlaceMetrics } from '../../src/metrics/place-metrics.ts'
import { SourceStates } from '../../src/metrics/source-states.ts'
import { printFamily } from '../../src/metrics/text-format.ts'
import type { CertificateHolder, PlacedCertificate } from '../../src/providers/place.ts'
import type { Vendor } from '../../src/providers/provider.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
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

describe('certificates with equal labels', () => {
  const place = {
    id: 'cGxhY2U=',
    provider: 'EXAMPLE',
    vendorId: 'acme',
    readingKey: 'acme',
    read: () => {},
    lastRenewal: () => null,
  } as unknown as CertificateHolder
  const rows = [3, 1, 2].map(
    (day) =>
      ({
        id: `${day}`,
        provider: 'EXAMPLE',
        place,
        expiresAt: day * 86_400_000,
        parseIssues: [],
      }) as unknown as PlacedCertificate,
  )
  const vendor = {
    discoveries: [],
    knownPlaces: () => ({
      places: [{ place, list: new CertificateList(rows), isSearched: true }],
      isSearchedBelow: false,
    }),
  } as unknown as Vendor

  it('have one series, that of the soonest expiry, and each scrape counts the others', async () => {
    const clock = createManualClock()
    const states = new SourceStates()
    const times = { asOf: 0, freshUntil: 60_000, servedUntil: 60_000 }
    states.recordReading({ place, kind: 'CERTIFICATES' }, { ...times, isWhole: true })
    const labelsOf = () => ({ filepath: 'example/acme/1', discriminator: '0123456789abcdef' })
    const settings = { expiry: { critical: 0, warning: 0 }, ownerOf: () => '', limit: 100 }
    const metrics = new PlaceMetrics({ clock, states, labelsOf })
    const scrape = async () => {
      const families = await metrics.collect([vendor], { places: null }, settings, endlessTimeSlice)
      return (await Promise.all(families.map((family) => printFamily(family, endlessTimeSlice)))).join('')
    }
    await scrape()
    const text = await scrape()
    expect(samplesOf(text, 'x509_cert_not_after').map(({ value }) => value)).toEqual([86_400])
    expect(sampleValue(text, 'x509_cert_collision_dropped_total', { source_kind: 'example' })).toBe(4)
  })
})
