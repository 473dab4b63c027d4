import type { Operation } from '../../../operation.ts'
import { isReadingFailure, UpstreamError } from '../../../upstream/error.ts'
import { CertificateLastActiveError } from '../../mutation-error.ts'
import { withoutVendorMessage } from '../../visibility.ts'
import { flagIn, hasOtherActive } from '../flags.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import { readNow } from './lists.ts'

/**
 * Refuses to switch off the last active certificates of an organization or project. A project also has those that are
 * active for its whole organization. What cannot be known counts against it.
 * @throws CertificateLastActiveError
 */
export async function refuseLastActive(
  organization: OpenAIOrganization,
  project: OpenAIProject | null,
  ids: readonly string[],
  operation: Operation,
): Promise<void> {
  const place = project ?? organization
  try {
    const own = (await readNow(place, operation)).value
    const others = hasOtherActive(own, ids)
    if (others || ids.every((id) => flagIn(own, id) === false)) return
    const inherited = project ? hasOtherActive((await readNow(organization, operation)).value, []) : false
    if (inherited) return
    if (others === null || inherited === null) {
      throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', 'a flag or a row of its list could not be read')
    }
  } catch (error) {
    operation.signal.throwIfAborted()
    if (!isReadingFailure(error) || error.code === 'UPSTREAM_NOT_FOUND') throw error
    const { message } = withoutVendorMessage(operation, error)
    throw new CertificateLastActiveError(
      `whether ${place.vendorId} would have an active certificate left cannot be known: ${message}; with force: true they ` +
        'are deactivated all the same',
    )
  }
  throw new CertificateLastActiveError(
    `${place.vendorId} would have no active certificate left; with force: true they are deactivated all the same`,
  )
}
