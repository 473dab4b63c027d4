import type { Operation } from '../../upstream/operation.ts'
import { joinFound, narrowFound, oneOrNull } from '../found.ts'
import { whereItMayBe } from '../sight.ts'
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
  const within = whereItMayBe(operation, organizations, id)
  const findings = await Promise.all(within.map(({ projects }) => projects.find(operation)))
  return oneOrNull(narrowFound(joinFound(findings), ({ vendorId }) => vendorId === id))
}
