import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../../src/catalog/certificate-list.ts'
import type { CertificateHolder } from '../../../src/providers/place.ts'
import type { Vendor } from '../../../src/providers/provider.ts'
import type { NodeFinder } from '../../../src/schema/find-node.ts'
import { readPlaces } from '../../../src/schema/search/read-places.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { createOperation } from '../../support/operation.ts'

describe('the places of a search', () => {
  it('are reported on in slices, in their order, and are all read before the first slice', async () => {
    const begun = new Set<number>()
    const places = Array.from({ length: 300 }, (_, index) => ({
      id: String(index),
      async read() {
        begun.add(index)
        if (index % 100 === 7) throw new UpstreamError('UPSTREAM_TIMEOUT', 'no answer')
        return { value: new CertificateList([]), asOf: 0, startedAt: 0, stale: false, error: null }
      },
    })) as unknown as readonly CertificateHolder[]
    const vendors = [
      { provider: 'EXAMPLE', certificateHolders: async () => ({ items: places, sources: [] }) },
    ] as unknown as readonly Vendor[]
    let slices = 0
    let begunBefore = 0
    const next = async () => {
      slices += 1
      if (slices === 1) begunBefore = begun.size
    }
    const operation = createOperation({ timeSlice: { ...endlessTimeSlice, isOver: () => true, next } })
    const { sources } = await readPlaces({ vendors, nodes: {} as NodeFinder }, operation, { maxStaleness: 1 })
    expect(sources.map(({ place }) => place)).toEqual(places)
    expect(sources.filter(({ status }) => status === 'FAILED')).toHaveLength(3)
    expect(begunBefore).toBe(places.length)
    expect(slices).toBeGreaterThanOrEqual(places.length)
  })
})
