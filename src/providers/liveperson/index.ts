import { createBudget } from '../../upstream/line.ts'
import type { Operation } from '../../upstream/operation.ts'
import { Sweep } from '../../upstream/sweep.ts'
import { narrowFound } from '../found.ts'
import { createOwnKey } from '../own-key.ts'
import type { Provider } from '../provider.ts'
import { seenOf } from '../sight.ts'
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
    const seen = (operation: Operation) => ({ items: seenOf(operation, accounts), sources: [] })

    return {
      provider: 'LIVEPERSON',
      description: 'LivePerson: mTLS certificates of accounts.',
      configured: accounts,
      holders: async (operation) => seen(operation),
      places: async (operation) => seen(operation),
      rotations: [{ sweep, places: async () => accounts }],
      lookups: {
        LivePersonAccount: {
          kind: 'place',
          find: async (operation, { id }) => narrowFound(seen(operation), (account) => account.id === id),
          ownKey: createOwnKey('LivePersonAccount', 'accountId'),
        },
        LivePersonCertificate: {
          kind: 'certificate',
          find: async (operation, { id, key: [accountId] }) =>
            (await seen(operation)
              .items.find(({ vendorId }) => vendorId === accountId)
              ?.find(operation, id)) ?? null,
        },
      },
      register: (kit) => registerLivePerson(kit, accounts),
    }
  },
}
