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
  registerCertificate(kit, refs)
  registerMutations(kit, refs, places, upstream)

  kit.builder.queryFields((t) => ({
    openAIOrganization: t.field({
      type: refs.Organization,
      nullable: true,
      description:
        'The organization with this id. Makes no call. NOT_CONFIGURED if the configuration does not have it.',
      args: { id: t.arg.id({ required: true, description: 'OpenAI’s id, org_….' }) },
      resolve: (_root, { id }, operation) => places.account(operation, id, 'id'),
    }),
    openAIProject: t.field({
      ...kit.prices.found,
      type: refs.Project,
      nullable: true,
      description:
        'The project with this id, configured or discovered. Null if there is none; null with an error if there is ' +
        'none and the projects of an organization could not be listed.',
      args: {
        id: t.arg.id({ required: true, description: 'OpenAI’s id, proj_….' }),
        organizationId: t.arg.id({ description: 'Only in the organization with this id, org_….' }),
      },
      resolve: (_root, { id, organizationId }, operation) => {
        const within =
          typeof organizationId === 'string' ? [places.account(operation, organizationId, 'organizationId')] : undefined
        return places.child(operation, checkId(id, 'id'), within)
      },
    }),
  }))
}
