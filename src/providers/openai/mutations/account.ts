import type { Operation } from '../../../operation.ts'
import { UpstreamError } from '../../../upstream/error.ts'
import type { Mutation, MutationTarget } from '../../mutation/mutation.ts'
import { isVisible, visibleOf } from '../../visibility.ts'
import { findOrganization } from '../find-organization.ts'
import { findProject } from '../find-project.ts'
import type { OpenAIOrganization } from '../places.ts'
import type { OpenAIMutationInput } from './input.ts'

/** A change at OpenAI. */
export type OpenAIMutation<Input, Change, Result> = Mutation<
  Input & OpenAIMutationInput,
  OpenAIOrganization,
  Change,
  Result
>

/** What all mutations at OpenAI have in common: each changes something in one organization. */
export function createMutationTarget(
  organizations: readonly OpenAIOrganization[],
): MutationTarget<OpenAIMutationInput, OpenAIOrganization> {
  return {
    subject: ({ organizationId, projectId, certificateId, certificateIds }) => ({
      organizationId,
      projectId,
      certificateId,
      certificateIds,
    }),
    async findAccount(input, operation) {
      const writable = await writableOrganizations(operation, organizations, input)
      return findOrganization(writable, input.organizationId, 'input.organizationId')
    },
    // A key without permission to write gets 403, or 401 like an unknown key: only the message distinguishes them.
    classify(error) {
      const isForbidden = error.code === 'UPSTREAM_UNAUTHENTICATED' && /\bscopes?\b|permission/i.test(error.message)
      return isForbidden ? new UpstreamError('UPSTREAM_FORBIDDEN', error.message, error.details, error.cause) : error
    },
  }
}

/** The organizations that the caller can see; for a change in a project that the caller can see, also its organization. */
async function writableOrganizations(
  operation: Operation,
  organizations: readonly OpenAIOrganization[],
  { organizationId, projectId }: OpenAIMutationInput,
): Promise<readonly OpenAIOrganization[]> {
  const visible = visibleOf(operation, organizations)
  if (typeof projectId !== 'string' || !isVisible(operation, { vendorId: projectId })) return visible
  const hidden = organizations.filter(
    (organization) => organization.vendorId === organizationId && !visible.includes(organization),
  )
  const project = await findProject(hidden, projectId, operation)
  return project ? [...visible, project.organization] : visible
}
