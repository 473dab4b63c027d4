import { type ExpiryStatus, type ExpiryThresholds, thresholdOf } from '../catalog/expiry.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { ListedCertificate } from '../upstream/list-observer.ts'
import type { FoundChange } from './compare-lists.ts'

/** The moment at which a certificate gets a status. */
interface Moment {
  readonly at: number
  readonly status: ExpiryStatus
}

/** The moments of a certificate, the last one first. A status that it never has, because another one comes first, has none. */
function momentsOf(certificate: ListedCertificate, thresholds: ExpiryThresholds): readonly Moment[] {
  const { expiresAt } = certificate
  if (expiresAt === null) return []
  const moments: Moment[] = [{ at: expiresAt, status: 'EXPIRED' }]
  for (const [name, status] of [
    ['critical', 'CRITICAL'],
    ['warning', 'WARNING'],
  ] as const) {
    const at = Math.ceil(expiresAt - thresholdOf({ ...certificate, expiresAt }, name, thresholds))
    if (at < (moments.at(-1)?.at ?? expiresAt)) moments.push({ at, status })
  }
  return moments
}

/** The time in which thresholds are crossed: after one moment, and not after another one. */
interface Period {
  readonly after: number
  readonly until: number
}

interface Crossings {
  /** By time. */
  readonly changes: readonly FoundChange[]
  /** The first moment after the period; null when there is none. */
  readonly next: number | null
}

/** Finds the thresholds that certificates cross in a period, and when the next one is crossed. */
export async function findCrossings(
  certificates: readonly ListedCertificate[],
  thresholds: ExpiryThresholds,
  { after, until }: Period,
  timeSlice: TimeSlice,
): Promise<Crossings> {
  const changes: FoundChange[] = []
  let next: number | null = null
  await visitInSlices(certificates, timeSlice, (certificate) => {
    for (const { at, status } of momentsOf(certificate, thresholds)) {
      if (at > until) next = next === null ? at : Math.min(next, at)
      else if (at > after) {
        changes.push({
          kind: status === 'EXPIRED' ? 'EXPIRED' : 'EXPIRING',
          at,
          certificateId: certificate.id,
          name: certificate.name,
          expiresAt: certificate.expiresAt,
          expiryStatus: status,
          replacesId: null,
        })
      }
    }
  })
  return { changes: changes.sort((one, other) => one.at - other.at), next }
}
