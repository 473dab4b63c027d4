import type { Kit } from '../../schema/kit.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import { checkId } from '../../upstream/url.ts'
import { joinFound, narrowFound, oneOrNull } from '../found.ts'
import { findOrganization } from './find-organization.ts'
import type { OpenAIOrganization, OpenAIProject } from './places.ts'
import { registerCertificate } from './schema-certificate.ts'
import { registerMutations } from './schema-mutations.ts'
import { registerPlaces } from './schema-places.ts'
import { createOpenAIRefs } from './schema-refs.ts'

/** Adds OpenAI's types and root fields. */
export function registerOpenAI(kit: Kit, organizations: readonly OpenAIOrganization[], upstream: Upstream): void {
  const refs = createOpenAIRefs(kit)
  registerPlaces(kit, refs)
  registerCertificate(kit, refs)
  registerMutations(kit, refs, organizations, upstream)

  kit.builder.queryFields((t) => ({
    openAIOrganization: t.field({
      type: refs.Organization,
      nullable: true,
      description: 'An organization by the vendor’s id, with no call made. NOT_CONFIGURED when nobody configured it.',
      args: { id: t.arg.id({ required: true, description: 'The vendor’s id, org_….' }) },
      resolve: (_root, { id }) => findOrganization(organizations, id, 'id'),
    }),
    openAIProject: t.field({
      type: refs.Project,
      nullable: true,
      description:
        'A project by the vendor’s id, from the configured or listed projects; null when it is not there, an error when ' +
        'it is not there and some project list could not be read.',
      args: {
        id: t.arg.id({ required: true, description: 'The vendor’s id, proj_….' }),
        organizationId: t.arg.id({ description: 'Look only in this organization, by the vendor’s id.' }),
      },
      resolve: (_root, { id, organizationId }, operation) =>
        findProject(
          typeof organizationId === 'string'
            ? [findOrganization(organizations, organizationId, 'organizationId')]
            : organizations,
          checkId(id, 'id'),
          operation,
        ),
    }),
  }))
}

async function findProject(
  organizations: readonly OpenAIOrganization[],
  id: string,
  operation: Operation,
): Promise<OpenAIProject | null> {
  const findings = await Promise.all(organizations.map(({ projects }) => projects.find(operation)))
  return oneOrNull(narrowFound(joinFound(findings), ({ vendorId }) => vendorId === id))
}
