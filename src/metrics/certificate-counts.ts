import { type ExpiryRules, expiryStatus, expiryStatuses } from '../catalog/expiry.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { OwnerOf } from './owner.ts'
import type { Family, Labels, Sample } from './text-format.ts'

interface CountOptions {
  /** The vendors with a place that the caller may see: a count of 0 is a count. */
  readonly providers: Iterable<string>
  /** The places whose certificates were read. */
  readonly places: Iterable<{ readonly provider: string; readonly vendorId: string }>
  readonly now: number
  readonly expiry: ExpiryRules
  readonly ownerOf: OwnerOf
}

/** Counts of all certificates, those without series of their own included. */
export async function toCountFamilies(
  certificates: readonly PlacedCertificate[],
  { providers, places, now, expiry, ownerOf }: CountOptions,
  timeSlice: TimeSlice,
): Promise<readonly Family[]> {
  const byStatus = new Counts()
  const unknown = new Counts()
  for (const provider of providers) {
    for (const status of expiryStatuses) byStatus.add({ provider, expiry_status: status }, 0)
  }
  await visitInSlices(certificates, timeSlice, (certificate) => {
    const { provider, place } = certificate
    const status = expiryStatus(certificate, now, expiry)
    byStatus.add({ provider, expiry_status: status }, 1)
    if (certificate.expiresAt === null) unknown.add({ provider, place: place.vendorId, owner: ownerOf(certificate) }, 1)
  })
  for (const { provider, vendorId } of places) unknown.add({ provider, place: vendorId, owner: '' }, 0)
  return [
    {
      name: 'certgraph_certificates',
      help: 'Certificates by vendor and expiry status, soft-deleted ones excluded.',
      type: 'gauge',
      samples: byStatus.samples,
    },
    {
      name: 'certgraph_certificate_expiry_unknown',
      help: 'Certificates whose expiry date is not known.',
      type: 'gauge',
      samples: unknown.samples,
    },
  ]
}

/** Counts by labels. */
class Counts {
  readonly #counts = new Map<string, { readonly labels: Labels; value: number }>()

  get samples(): readonly Sample[] {
    return [...this.#counts.values()]
  }

  add(labels: Labels, count: number): void {
    const key = Object.values(labels).join('\n')
    const known = this.#counts.get(key)
    if (known) known.value += count
    else this.#counts.set(key, { labels, value: count })
  }
}
