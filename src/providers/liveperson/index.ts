import type { Provider } from '../provider.ts'
import { type LivePersonConfig, livePersonConfig } from './config.ts'
import { createLivePersonPlaces } from './places.ts'
import type { startLivePersonSandbox } from './sandbox.ts'
import { registerLivePerson } from './schema.ts'

/** LivePerson: the mTLS certificates that its accounts present to a company's own services. */
export const livePerson = {
  ...livePersonConfig,
  provider: 'LIVEPERSON',
  brand: 'LivePerson',
  none: { domainApiUrl: '', accounts: [] },
  startSandbox: async (options: Parameters<typeof startLivePersonSandbox>[0]) =>
    (await import('./sandbox.ts')).startLivePersonSandbox(options),
  create(config, upstream) {
    const places = createLivePersonPlaces(config, upstream)
    return {
      ...places.vendor,
      provider: livePersonConfig.provider,
      description: 'LivePerson: mTLS certificates of accounts.',
      notes: { includeDeleted: 'LivePerson keeps them in its list.' },
      register: (kit) => registerLivePerson(kit, places),
    }
  },
} satisfies Provider<LivePersonConfig>
