import { isReadingFailure, UpstreamError } from '../../../upstream/error.ts'
import { CertificateLastActiveError } from '../../mutation/error.ts'
import type { Attempt } from '../../mutation/mutation.ts'
import { flagIn, hasOtherActive } from '../flags.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import type { ListReader } from './certificates.ts'

const hint = 'use force: true to deactivate anyway'

/** The error when another replica may be deactivating a certificate of the organization. */
export function unknownLastActive({ vendorId }: OpenAIOrganization): CertificateLastActiveError {
  const problem = `it is not known whether another replica deactivates certificates of ${vendorId} at this moment`
  return new CertificateLastActiveError(`${problem}: Redis is not available; ${hint}`)
}

/**
 * Refuses to deactivate the last active certificates of an organization or project. The certificates that are active for
 * an organization are active in its projects too. If a flag is not known, the deactivation is refused.
 * @throws CertificateLastActiveError
 */
export async function refuseLastActive(
  { account: organization, operation, report }: Attempt<OpenAIOrganization, unknown>,
  project: OpenAIProject | null,
  ids: readonly string[],
  read: ListReader,
): Promise<void> {
  const place = project ?? organization
  try {
    const own = (await read(place)).value
    const others = hasOtherActive(own, ids)
    if (others || ids.every((id) => flagIn(own, id) === false)) return
    const inherited = project ? hasOtherActive((await read(organization)).value, []) : false
    if (inherited) return
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
