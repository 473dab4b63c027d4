import type { Operation } from '../../operation.ts'
import { isReadingFailure } from '../../upstream/error.ts'
import type { Renewals } from '../place.ts'
import { settleEnrollments } from '../source.ts'
import type { AkamaiCertificate } from './certificate.ts'
import { findDetails, renewalStartOf } from './enrollment-details.ts'
import type { AkamaiContract } from './places.ts'

/** Changes that are there to put another certificate in the place of the deployed one. */
const replacing: ReadonlySet<string | null> = new Set(['new-certificate', 'renewal'])

/**
 * Which certificates of a contract are being replaced, or are set to be renewed before they end. The enrollments are read
 * only when one of them has no such change pending and an end to come that a renewal could precede: what has ended, no
 * schedule has saved.
 */
export async function findRenewals(
  contract: AkamaiContract,
  operation: Operation,
  certificates: readonly AkamaiCertificate[],
  maxStaleness: number | undefined,
): Promise<Renewals> {
  const covered = new Set(certificates.filter(isBeingReplaced).map(({ id }) => id))
  const unknown = new Map<string, string>()
  const open = certificates.filter(({ id, expiresAt }) => !covered.has(id) && (expiresAt ?? 0) > operation.now)
  if (open.length === 0) return { covered, unknown, sources: [] }

  const reading = contract.readEnrollments(operation, maxStaleness)
  const { source } = await settleEnrollments(contract, reading)
  for (const { id, expiresAt, enrollment } of open) {
    try {
      const details = findDetails((await reading).value, contract, enrollment.enrollmentId)
      const start = renewalStartOf(details, contract)
      if (start !== null && expiresAt !== null && start < expiresAt) covered.add(id)
    } catch (error) {
      if (!isReadingFailure(error)) throw error
      unknown.set(id, error.message)
    }
  }
  return { covered, unknown, sources: [source] }
}

function isBeingReplaced({ enrollment }: AkamaiCertificate): boolean {
  return enrollment.pendingChanges.some(({ changeType }) => replacing.has(changeType))
}
