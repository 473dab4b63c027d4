import type { SchemaKit } from '../../schema/kit.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { checkId } from '../../upstream/url.ts'
import type { OpenAIPlaces } from './places.ts'
import { registerCertificate } from './schema-certificate.ts'
import { registerMutations } from './schema-mutations.ts'
import { registerPlaces } from './schema-places.ts'
import { createOpenAIRefs } from './schema-refs.ts'

/** Adds OpenAI's types and root fields. */
export function registerOpenAI(kit: SchemaKit, places: OpenAIPlaces, upstream: UpstreamDependencies): void {
  const refs = createOpenAIRefs(kit)
  for (const type of Object.values(refs)) kit.asEntity(type)
  registerPlaces(kit, refs)
  registerCertificate(kit, refs, places)
  registerMutations(kit, refs, places, upstream)

  kit.builder.queryFields((t) => ({
    openAIOrganization: t.field({
      type: refs.Organization,
      nullable: true,
      description: 'An organization by the vendor’s id, with no call made. NOT_CONFIGURED when nobody configured it.',
      args: { id: t.arg.id({ required: true, description: 'The vendor’s id, org_….' }) },
      resolve: (_root, { id }, operation) => places.account(operation, id, 'id'),
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
      resolve: (_root, { id, organizationId }, operation) => {
        const within =
          typeof organizationId === 'string' ? [places.account(operation, organizationId, 'organizationId')] : undefined
        return places.child(operation, checkId(id, 'id'), within)
      },
    }),
  }))
}
