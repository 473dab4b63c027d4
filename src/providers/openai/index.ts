import type { Operation } from '../../operation.ts'
import { createEntityKey } from '../entity-key.ts'
import type { GlobalId } from '../global-id.ts'
import { type CertificatePlace, type Place, readAhead } from '../place.ts'
import type { Provider } from '../provider.ts'
import { emptyResult, filterResult, joinResults } from '../search-result.ts'
import { isVisible, visibleOf } from '../visibility.ts'
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
    const seen = (operation: Operation) => ({ items: visibleOf(operation, organizations), sources: [] })
    const projectsOf = async (operation: Operation, parents: readonly OpenAIOrganization[], maxStaleness?: number) =>
      joinResults(await Promise.all(parents.map(({ projects }) => projects.find(operation, maxStaleness))))
    const named = ({ key: [organizationId] }: GlobalId) =>
      organizations.filter(({ vendorId }) => vendorId === organizationId)

    return {
      provider: 'OPENAI',
      description: 'OpenAI: mTLS certificates of organizations and of their projects.',
      prefetchQueues: organizations.map((organization) => ({
        schedule: organization.client.schedule,
        // Its own list can be read whether its projects can be listed or not.
        places: async (operation) => [organization, ...(await organization.projects.find(operation)).items],
      })),
      configured: organizations.flatMap((organization) => [organization, ...organization.projects.configured]),
      // Who may not see an organization knows its certificates by the projects they see.
      certificatePlaces: async (operation, maxStaleness) => {
        readAhead(operation, seen(operation).items, maxStaleness)
        const unseen = organizations.filter((organization) => !isVisible(operation, organization))
        return joinResults<CertificatePlace>([seen(operation), await projectsOf(operation, unseen, maxStaleness)])
      },
      places: async (operation) => joinResults<Place>([seen(operation), await projectsOf(operation, organizations)]),
      lookups: {
        OpenAIOrganization: {
          kind: 'place',
          find: async (operation, { id }) => filterResult(seen(operation), (each) => each.id === id),
          entityKey: createEntityKey('OpenAIOrganization', 'organizationId'),
        },
        OpenAIProject: {
          kind: 'place',
          find: async (operation, id, maxStaleness) => {
            const [organization] = named(id)
            const [, projectId = ''] = id.key
            if (!organization || !(isVisible(operation, organization) || isVisible(operation, { vendorId: projectId })))
              return emptyResult
            return filterResult(
              await organization.projects.find(operation, maxStaleness),
              (project) => project.id === id.id,
            )
          },
          entityKey: {
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
