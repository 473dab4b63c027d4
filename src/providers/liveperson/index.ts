import type { Operation } from '../../operation.ts'
import { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createRateLimiter } from '../../upstream/call/resilience-pipeline.ts'
import { createEntityKey } from '../entity-key.ts'
import type { Provider } from '../provider.ts'
import { filterResult } from '../search-result.ts'
import { visibleOf } from '../visibility.ts'
import { createLivePersonClient } from './client.ts'
import { type LivePersonConfig, livePersonConfig } from './config.ts'
import { createDomainLookup } from './domain.ts'
import type { LivePersonResource } from './limits.ts'
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
    const budget = createRateLimiter<LivePersonResource>(upstream, ['LIVEPERSON', config.domainApiUrl])
    const schedule = new RefreshSchedule(upstream, budget, 'certificates')
    const loaders = createLivePersonLoaders(upstream)
    const lookup = createDomainLookup(config.domainApiUrl, budget, upstream)
    const shared = { domainApiUrl: config.domainApiUrl, lookup, budget, sweep: schedule, upstream }
    const accounts = config.accounts.map(
      (account) => new LivePersonAccount(account, createLivePersonClient(account, shared), loaders),
    )
    const seen = (operation: Operation) => ({ items: visibleOf(operation, accounts), sources: [] })

    return {
      provider: 'LIVEPERSON',
      description: 'LivePerson: mTLS certificates of accounts.',
      configured: accounts,
      certificatePlaces: async (operation) => seen(operation),
      places: async (operation) => seen(operation),
      prefetchQueues: [{ schedule, places: async () => accounts }],
      lookups: {
        LivePersonAccount: {
          kind: 'place',
          find: async (operation, { id }) => filterResult(seen(operation), (account) => account.id === id),
          entityKey: createEntityKey('LivePersonAccount', 'accountId'),
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
