import { isReadingFailure, UpstreamError } from '../../../upstream/error.ts'
import { CertificateLastActiveError } from '../../mutation/error.ts'
import type { LateChanges } from '../../mutation/late-changes.ts'
import type { Attempt } from '../../mutation/mutation.ts'
import { flagIn, hasOtherActive } from '../flags.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import type { ListReader } from './certificates.ts'

const hint = 'use force: true to deactivate anyway'

/** The error when another replica may be deactivating a certificate of the organization. */
export function unknownLastActive({ vendorId }: OpenAIOrganization, reason: string): CertificateLastActiveError {
  const problem = `it is not known whether another replica deactivates certificates of ${vendorId} at this moment`
  return new CertificateLastActiveError(`${problem}: ${reason}; ${hint}`)
}

interface Deactivation {
  /** Null: for the whole organization. */
  readonly project: OpenAIProject | null
  readonly ids: readonly string[]
  readonly read: ListReader
  readonly late: LateChanges
}

/**
 * Refuses to deactivate the last active certificates of an organization or project. The certificates that are active for
 * an organization are active in its projects too. If a flag is not known, the deactivation is refused. A certificate that an
 * earlier deactivation may still reach counts as inactive.
 * @throws CertificateLastActiveError
 */
export async function refuseLastActive(
  { account: organization, operation, report }: Attempt<OpenAIOrganization, unknown>,
  { project, ids, read, late }: Deactivation,
): Promise<void> {
  const place = project ?? organization
  const readKnown = async (listing: OpenAIOrganization | OpenAIProject) => {
    const { value } = await read(listing)
    const { vendorId } = listing
    late.settle({ place: vendorId, ids: late.idsIn(vendorId).filter((id) => flagIn(value, id) === false) })
    return value
  }
  try {
    const own = await readKnown(place)
    const others = hasOtherActive(own, [...ids, ...late.idsIn(place.vendorId), ...late.idsIn(organization.vendorId)])
    if (others || ids.every((id) => flagIn(own, id) === false)) return
    const inherited = project ? hasOtherActive(await readKnown(organization), late.idsIn(organization.vendorId)) : false
    if (inherited) return
    const reached = late.idsIn(place.vendorId).filter((id) => !ids.includes(id))
    if (reached.length > 0) throw lateError(place, reached, late)
    // The caller of a project may not see the certificates of its organization.
    const above = project ? late.idsIn(organization.vendorId) : []
    if (above.length > 0) throw lateError(organization, above, late, 'certificates')
    if (others === null || inherited === null) {
      throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', 'its list has a flag or a row that could not be read')
    }
  } catch (error) {
    operation.signal.throwIfAborted()
    if (!isReadingFailure(error) || error.code === 'UPSTREAM_NOT_FOUND') throw error
    const problem = `it is not known whether ${place.vendorId} would have an active certificate left`
    throw new CertificateLastActiveError(`${problem}: ${report(error)}; ${hint}`)
  }
  throw new CertificateLastActiveError(`${place.vendorId} would have no active certificate left; ${hint}`)
}

/** The error when only certificates would be left that an earlier deactivation may still reach. */
function lateError(
  { vendorId }: OpenAIOrganization | OpenAIProject,
  ids: readonly string[],
  late: LateChanges,
  names = ids.join(', '),
): CertificateLastActiveError {
  const minutes = Math.ceil(late.remaining({ place: vendorId, ids }) / 60_000)
  return new CertificateLastActiveError(
    `a deactivation of ${names} in ${vendorId} may still take effect, and no other certificate would be left active; ` +
      `repeat this one in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or ${hint}`,
  )
}
