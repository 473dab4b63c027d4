import { narrowFound } from '../found.ts'
import type { Provider } from '../provider.ts'
import { createLivePersonClient } from './client.ts'
import { type LivePersonConfig, livePersonConfig } from './config.ts'
import { createDomainLookup } from './domain.ts'
import { createLivePersonLoaders } from './loaders.ts'
import { LivePersonAccount } from './places.ts'
import { startLivePersonSandbox } from './sandbox.ts'
import { registerLivePerson } from './schema.ts'

/** LivePerson: the mTLS certificates that its accounts present to services of the company's own. */
export const livePerson: Provider<LivePersonConfig> = {
  ...livePersonConfig,
  none: { domainApiUrl: '', accounts: [] },
  startSandbox: startLivePersonSandbox,
  create(config, upstream) {
    const loaders = createLivePersonLoaders(upstream)
    const lookup = createDomainLookup(config.domainApiUrl, upstream)
    const accounts = config.accounts.map(
      (account) => new LivePersonAccount(account, createLivePersonClient(account, lookup, upstream), loaders),
    )
    const all = { items: accounts, sources: [] }

    return {
      provider: 'LIVEPERSON',
      description: 'LivePerson: mTLS certificates of accounts.',
      holders: async () => all,
      places: async () => all,
      lookups: {
        LivePersonAccount: {
          kind: 'place',
          find: async (_, { id }) => narrowFound(all, (account) => account.id === id),
        },
        LivePersonCertificate: {
          kind: 'certificate',
          find: async (operation, { id, key: [accountId] }) =>
            (await accounts.find(({ vendorId }) => vendorId === accountId)?.find(operation, id)) ?? null,
        },
      },
      register: (kit) => registerLivePerson(kit, accounts),
    }
  },
}
