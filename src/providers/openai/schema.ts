import type { SchemaKit } from '../../schema/kit.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { checkId } from '../../upstream/url.ts'
import { visibleOf } from '../visibility.ts'
import { findOrganization } from './find-organization.ts'
import { findProject } from './find-project.ts'
import type { OpenAIOrganization } from './places.ts'
import { registerCertificate } from './schema-certificate.ts'
import { registerMutations } from './schema-mutations.ts'
import { registerPlaces } from './schema-places.ts'
import { createOpenAIRefs } from './schema-refs.ts'

/** Adds OpenAI's types and root fields. */
export function registerOpenAI(
  kit: SchemaKit,
  organizations: readonly OpenAIOrganization[],
  upstream: UpstreamDependencies,
): void {
  const refs = createOpenAIRefs(kit)
  for (const type of Object.values(refs)) kit.asEntity(type)
  registerPlaces(kit, refs)
  registerCertificate(kit, refs)
  registerMutations(kit, refs, organizations, upstream)

  kit.builder.queryFields((t) => ({
    openAIOrganization: t.field({
      type: refs.Organization,
      nullable: true,
      description: 'An organization by the vendor’s id, with no call made. NOT_CONFIGURED when nobody configured it.',
      args: { id: t.arg.id({ required: true, description: 'The vendor’s id, org_….' }) },
      resolve: (_root, { id }, operation) => findOrganization(visibleOf(operation, organizations), id, 'id'),
    }),
    openAIProject: t.field({
      ...kit.prices.found,
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
            ? [findOrganization(visibleOf(operation, organizations), organizationId, 'organizationId')]
            : organizations,
          checkId(id, 'id'),
          operation,
        ),
    }),
  }))
}
