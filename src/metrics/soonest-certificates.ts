import type { CertificateList } from '../catalog/certificate-list.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { sortInSlices, type TimeSlice, visitInSlices } from '../time-slice.ts'

type List = CertificateList<PlacedCertificate>

/** The certificates that have series of their own. */
export interface SelectedCertificates {
  /** All that are not soft-deleted, each once. */
  readonly all: readonly PlacedCertificate[]
  /** Those with the soonest expiry. One without a known expiry comes last. */
  readonly kept: readonly PlacedCertificate[]
}

/**
 * Selects the certificates of some lists. Lists may overlap for a caller with a list of places.
 * @param limit how many are kept
 */
export async function selectSoonest(
  lists: readonly List[],
  limit: number,
  mayOverlap: boolean,
  timeSlice: TimeSlice,
): Promise<SelectedCertificates> {
  const all: PlacedCertificate[] = []
  const ids = new Set<string>()
  for (const list of lists) {
    await visitInSlices(list.present, timeSlice, (certificate) => {
      if (mayOverlap) {
        if (ids.has(certificate.id)) return
        ids.add(certificate.id)
      }
      all.push(certificate)
    })
  }
  if (all.length <= limit) return { all, kept: all }
  return { all, kept: (await sortInSlices(all, timeSlice, bySoonest)).slice(0, limit) }
}

function bySoonest({ expiresAt: a }: PlacedCertificate, { expiresAt: b }: PlacedCertificate): number {
  if (a === b) return 0
  if (a === null) return 1
  return b === null ? -1 : a - b
}
