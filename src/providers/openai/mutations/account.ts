import { UpstreamError } from '../../../upstream/error.ts'
import type { Mutation, MutationTarget } from '../../mutation/mutation.ts'
import { isForbidden } from '../forbidden.ts'
import type { OpenAIOrganization, OpenAIPlaces } from '../places.ts'
import type { OpenAIMutationInput } from './input.ts'

/** A change at OpenAI. */
export type OpenAIMutation<Input, Change, Result> = Mutation<
  Input & OpenAIMutationInput,
  OpenAIOrganization,
  Change,
  Result
>

/** What all mutations at OpenAI have in common: each changes something in one organization. */
export function createMutationTarget(places: OpenAIPlaces): MutationTarget<OpenAIMutationInput, OpenAIOrganization> {
  return {
    subject: ({ organizationId, projectId, certificateId, certificateIds }) => ({
      organizationId,
      projectId,
      certificateId,
      certificateIds,
    }),
    // A caller who can see a project can change it, also without seeing its organization.
    findAccount: ({ organizationId, projectId = null }, operation) =>
      places.accountWith(operation, organizationId, 'input.organizationId', projectId),
    classify(error) {
      if (error.code === 'UPSTREAM_FORBIDDEN' || !isForbidden(error)) return error
      return new UpstreamError('UPSTREAM_FORBIDDEN', error.message, error.details, error.cause)
    },
  }
}
