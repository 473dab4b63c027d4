import type { Operation } from '../../operation.ts'
import { filterResult, joinResults, oneOrNull } from '../search-result.ts'
import { placesThatMayHold } from '../visibility.ts'
import type { OpenAIOrganization, OpenAIProject } from './places.ts'

/**
 * A project of one of these organizations by the vendor's id, from the configured or listed projects; null when none has it.
 * @throws UpstreamError when none has it and some project list could not be read
 */
export async function findProject(
  organizations: readonly OpenAIOrganization[],
  id: string | undefined,
  operation: Operation,
): Promise<OpenAIProject | null> {
  const within = placesThatMayHold(operation, organizations, id)
  const findings = await Promise.all(within.map(({ projects }) => projects.find(operation)))
  return oneOrNull(filterResult(joinResults(findings), ({ vendorId }) => vendorId === id))
}
