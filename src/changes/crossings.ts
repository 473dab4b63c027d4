import { type ExpiryStatus, type ExpiryThresholds, expiryStatus, thresholdOf } from '../catalog/expiry.ts'
import { type TimeSlice, visitIndexes } from '../time-slice.ts'
import type { CertificateDates, ListedCertificate, ListedCertificates } from '../upstream/list-observer.ts'
import { type Baseline, toThresholdsText } from './baseline.ts'
import type { FoundChange } from './compare-lists.ts'
import { severity } from './severity.ts'

/**
 * Visits the moments at which a certificate gets a status, the last one first. A status that it never has, because another
 * one comes first, has none.
 */
function visitMoments(
  { expiresAt, validFrom = null }: CertificateDates,
  thresholds: ExpiryThresholds,
  visit: (at: number, status: ExpiryStatus) => void,
): void {
  if (expiresAt === null) return
  visit(expiresAt, 'EXPIRED')
  const certificate = { expiresAt, validFrom }
  const critical = Math.ceil(expiresAt - thresholdOf(certificate, 'critical', thresholds))
  if (critical < expiresAt) visit(critical, 'CRITICAL')
  const warning = Math.ceil(expiresAt - thresholdOf(certificate, 'warning', thresholds))
  if (warning < Math.min(critical, expiresAt)) visit(warning, 'WARNING')
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

interface CrossingOptions {
  readonly timeSlice: TimeSlice
  /** Whether a crossed threshold is a change. Default: always. */
  isChange?(certificate: ListedCertificate, status: ExpiryStatus): boolean
}

/** Finds the thresholds that certificates cross in a period, and when the next one is crossed. */
export async function findCrossings(
  certificates: ListedCertificates,
  thresholds: ExpiryThresholds,
  { after, until }: Period,
  { timeSlice, isChange = () => true }: CrossingOptions,
): Promise<Crossings> {
  const changes = new Map<string, FoundChange>()
  let next = Number.POSITIVE_INFINITY
  await visitIndexes(certificates.length, timeSlice, (index) => {
    visitMoments(certificates.datesAt(index), thresholds, (at, status) => {
      if (at > until) next = Math.min(next, at)
      else if (at > after) {
        const certificate = certificates.at(index)
        // A list may have a certificate twice.
        if (isChange(certificate, status)) changes.set(`${certificate.id} ${status}`, toChange(certificate, at, status))
      }
    })
  })
  return {
    changes: [...changes.values()].sort((one, other) => one.at - other.at),
    next: next === Number.POSITIVE_INFINITY ? null : next,
  }
}

function toChange({ id, name, expiresAt }: ListedCertificate, at: number, status: ExpiryStatus): FoundChange {
  const kind = status === 'EXPIRED' ? 'EXPIRED' : 'EXPIRING'
  return { kind, at, certificateId: id, name, expiresAt, expiryStatus: status, replacesId: null }
}

/**
 * The thresholds that were crossed since a baseline was evaluated, with those that applied then. When they have changed, a
 * certificate that has already passed the new ones gives no change, unless it has passed the old ones too.
 */
export async function findCrossed(
  certificates: ListedCertificates,
  { evaluatedAt, thresholds: before, provider }: Baseline,
  { now, thresholds, timeSlice }: CrossingOptions & { readonly now: number; readonly thresholds: ExpiryThresholds },
): Promise<readonly FoundChange[]> {
  const period = { after: evaluatedAt, until: now }
  if (toThresholdsText(before) === toThresholdsText(thresholds))
    return (await findCrossings(certificates, before, period, { timeSlice })).changes
  const isChange = (certificate: ListedCertificate, status: ExpiryStatus) =>
    severity(expiryStatus({ ...certificate, provider }, now, thresholds)) >= severity(status)
  return (await findCrossings(certificates, before, period, { timeSlice, isChange })).changes
}

/** When the next threshold is crossed; null when none is. */
export async function findNextCrossing(
  certificates: ListedCertificates,
  thresholds: ExpiryThresholds,
  { after, timeSlice }: { readonly after: number; readonly timeSlice: TimeSlice },
): Promise<number | null> {
  return (await findCrossings(certificates, thresholds, { after, until: after }, { timeSlice })).next
}
