import { createBudget } from '../../upstream/line.ts'
import { Sweep } from '../../upstream/sweep.ts'
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
    const budget = createBudget(upstream, ['LIVEPERSON', config.domainApiUrl])
    const sweep = new Sweep(upstream, budget, 'certificates')
    const loaders = createLivePersonLoaders(upstream)
    const lookup = createDomainLookup(config.domainApiUrl, budget, upstream)
    const shared = { domainApiUrl: config.domainApiUrl, lookup, budget, sweep, upstream }
    const accounts = config.accounts.map(
      (account) => new LivePersonAccount(account, createLivePersonClient(account, shared), loaders),
    )
    const all = { items: accounts, sources: [] }

    return {
      provider: 'LIVEPERSON',
      description: 'LivePerson: mTLS certificates of accounts.',
      holders: async () => all,
      places: async () => all,
      rotations: [{ sweep, places: async () => accounts }],
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
