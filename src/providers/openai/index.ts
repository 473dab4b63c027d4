import { foundNothing, joinFound, narrowFound } from '../found.ts'
import type { GlobalId } from '../global-id.ts'
import type { Place } from '../place.ts'
import type { Provider } from '../provider.ts'
import { createOpenAIClient } from './client.ts'
import { type OpenAIConfig, openAIConfig } from './config.ts'
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
      holders: async () => ({ items: organizations, sources: [] }),
      places: async (operation) => {
        const projects = organizations.map((organization) => organization.projects.find(operation))
        return joinFound<Place>([{ items: organizations, sources: [] }, ...(await Promise.all(projects))])
      },
      lookups: {
        OpenAIOrganization: {
          kind: 'place',
          find: async (_, { id }) => narrowFound({ items: organizations, sources: [] }, (each) => each.id === id),
        },
        OpenAIProject: {
          kind: 'place',
          find: async (operation, id, maxStaleness) => {
            const [organization] = named(id)
            if (!organization) return foundNothing
            return narrowFound(
              await organization.projects.find(operation, maxStaleness),
              (project) => project.id === id.id,
            )
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
