import type { Provider } from '../provider.ts'
import { type OpenAIConfig, openAIConfig } from './config.ts'
import { createOpenAIPlaces } from './places.ts'
import { openAIQueries } from './queries.ts'
import type { startOpenAISandbox } from './sandbox.ts'
import { registerOpenAI } from './schema.ts'

/** OpenAI: the mTLS certificates of organizations, and the projects each of them is active in. */
export const openAI = {
  ...openAIConfig,
  provider: 'OPENAI',
  brand: 'OpenAI',
  none: { organizations: [] },
  startSandbox: async (options: Parameters<typeof startOpenAISandbox>[0]) =>
    (await import('./sandbox.ts')).startOpenAISandbox(options),
  create(config, upstream) {
    const places = createOpenAIPlaces(config, upstream)
    return {
      ...places.vendor,
      provider: openAIConfig.provider,
      description: 'OpenAI: mTLS certificates of organizations and of their projects.',
      queries: openAIQueries,
      notes: { certificates: 'OpenAI projects are read only when `filter.placeIds` names them.' },
      register: (kit) => registerOpenAI(kit, places, upstream),
    }
  },
} satisfies Provider<OpenAIConfig>
