import { InputError } from '../../input-error.ts'
import { checkId } from '../../upstream/url.ts'
import type { OpenAIOrganization } from './places.ts'

/** One of these organizations by the vendor's id. @throws InputError when it is none of them */
export function findOrganization(
  organizations: readonly OpenAIOrganization[],
  id: string,
  argument: string,
): OpenAIOrganization {
  const wanted = checkId(id, argument)
  const organization = organizations.find(({ vendorId }) => vendorId === wanted)
  if (!organization)
    throw new InputError(`${argument}: no OpenAI organization ${wanted} is configured`, 'NOT_CONFIGURED')
  return organization
}
