import type { Operation } from '../../upstream/operation.ts'
import { foundNothing, joinFound, narrowFound } from '../found.ts'
import type { GlobalId } from '../global-id.ts'
import { createOwnKey } from '../own-key.ts'
import { type CertificatePlace, type Place, readAhead } from '../place.ts'
import type { Provider } from '../provider.ts'
import { isSeen, seenOf } from '../sight.ts'
import { createOpenAIClient } from './client.ts'
import { type OpenAIConfig, openAIConfig } from './config.ts'
import { findProject } from './find-project.ts'
import { createOpenAILoaders } from './loaders.ts'
import { OpenAIOrganization } from './places.ts'
import { startOpenAISandbox } from './sandbox.ts'
import { registerOpenAI } from './schema.ts'

/** OpenAI: the mTLS certificates of organizations, and the projects each of them is in force in. */
export const openAI: Provider<OpenAIConfig> = {
  ...openAIConfig,
  none: { organizations: [] },
  startSandbox: startOpenAISandbox,
  create(config, upstream) {
    const loaders = createOpenAILoaders(upstream)
    const organizations = config.organizations.map(
      (organization) => new OpenAIOrganization(organization, createOpenAIClient(organization, upstream), loaders),
    )
    const seen = (operation: Operation) => ({ items: seenOf(operation, organizations), sources: [] })
    const projectsOf = async (operation: Operation, parents: readonly OpenAIOrganization[], maxStaleness?: number) =>
      joinFound(await Promise.all(parents.map(({ projects }) => projects.find(operation, maxStaleness))))
    const named = ({ key: [organizationId] }: GlobalId) =>
      organizations.filter(({ vendorId }) => vendorId === organizationId)

    return {
      provider: 'OPENAI',
      description: 'OpenAI: mTLS certificates of organizations and of their projects.',
      rotations: organizations.map((organization) => ({
        sweep: organization.client.sweep,
        // Its own list can be read whether its projects can be listed or not.
        places: async (operation) => [organization, ...(await organization.projects.find(operation)).items],
      })),
      configured: organizations.flatMap((organization) => [organization, ...organization.projects.configured]),
      // Who may not see an organization knows its certificates by the projects they see.
      holders: async (operation, maxStaleness) => {
        readAhead(operation, seen(operation).items, maxStaleness)
        const unseen = organizations.filter((organization) => !isSeen(operation, organization))
        return joinFound<CertificatePlace>([seen(operation), await projectsOf(operation, unseen, maxStaleness)])
      },
      places: async (operation) => joinFound<Place>([seen(operation), await projectsOf(operation, organizations)]),
      lookups: {
        OpenAIOrganization: {
          kind: 'place',
          find: async (operation, { id }) => narrowFound(seen(operation), (each) => each.id === id),
          ownKey: createOwnKey('OpenAIOrganization', 'organizationId'),
        },
        OpenAIProject: {
          kind: 'place',
          find: async (operation, id, maxStaleness) => {
            const [organization] = named(id)
            const [, projectId = ''] = id.key
            if (!organization || !(isSeen(operation, organization) || isSeen(operation, { vendorId: projectId })))
              return foundNothing
            return narrowFound(
              await organization.projects.find(operation, maxStaleness),
              (project) => project.id === id.id,
            )
          },
          ownKey: {
            fields: 'projectId',
            toId: async (operation, [id]) => (await findProject(organizations, id, operation))?.id ?? null,
          },
        },
        OpenAICertificate: {
          kind: 'certificate',
          find: async (operation, id) => (await named(id)[0]?.find(operation, id.id)) ?? null,
        },
      },
      register: (kit) => registerOpenAI(kit, organizations, upstream),
    }
  },
}
