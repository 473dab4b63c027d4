import type { Operation } from '../../operation.ts'
import { createEntityKey } from '../entity-key.ts'
import type { GlobalId } from '../global-id.ts'
import type { Place } from '../place.ts'
import type { Provider } from '../provider.ts'
import { filterResult, joinResults, oneOrNull } from '../search-result.ts'
import { placesThatMayHold, visibleOf } from '../visibility.ts'
import { createAkamaiClient } from './client.ts'
import { type AkamaiConfig, akamaiConfig } from './config.ts'
import { createAkamaiLoaders } from './loaders.ts'
import { AkamaiAccount, contractsOf } from './places.ts'
import { startAkamaiSandbox } from './sandbox.ts'
import { registerAkamai } from './schema.ts'

/** Akamai CPS: what is deployed under each contract, on production and staging. */
export const akamai: Provider<AkamaiConfig> = {
  ...akamaiConfig,
  none: { accounts: [] },
  startSandbox: startAkamaiSandbox,
  create(config, upstream) {
    const loaders = createAkamaiLoaders(upstream)
    const accounts = config.accounts.map(
      (account) => new AkamaiAccount(account, createAkamaiClient(account, upstream), loaders),
    )

    const seen = (operation: Operation) => ({ items: visibleOf(operation, accounts), sources: [] })
    const findContract = async (operation: Operation, { key: [contractId] }: GlobalId) =>
      filterResult(
        await contractsOf(placesThatMayHold(operation, accounts, contractId), operation),
        ({ vendorId }) => vendorId === contractId,
      )

    return {
      provider: 'AKAMAI',
      description: 'Akamai CPS: certificates deployed under a contract.',
      configured: accounts.flatMap((account) => [account, ...account.contracts.configured]),
      certificatePlaces: (operation, maxStaleness) => contractsOf(accounts, operation, { ahead: true, maxStaleness }),
      prefetchQueues: accounts.map(({ client: { schedule }, contracts }) => ({
        schedule: schedule,
        places: (operation) => contracts.list(operation),
      })),
      places: async (operation) => joinResults<Place>([seen(operation), await contractsOf(accounts, operation)]),
      lookups: {
        AkamaiAccount: {
          kind: 'place',
          find: async (operation, { id }) => filterResult(seen(operation), (account) => account.id === id),
          entityKey: createEntityKey('AkamaiAccount', 'accountId'),
        },
        AkamaiContract: {
          kind: 'place',
          find: async (operation, { id, key: [contractId] }, maxStaleness) =>
            filterResult(
              await contractsOf(placesThatMayHold(operation, accounts, contractId), operation, { maxStaleness }),
              (each) => each.id === id,
            ),
          entityKey: createEntityKey('AkamaiContract', 'contractId'),
        },
        AkamaiCertificate: {
          kind: 'certificate',
          find: async (operation, id) =>
            (await oneOrNull(await findContract(operation, id))?.find(operation, id.id)) ?? null,
        },
        AkamaiEnrollment: {
          kind: 'other',
          find: async (operation, id) =>
            (await oneOrNull(await findContract(operation, id))?.findEnrollment(operation, id.id)) ?? null,
          // The vendor's id alone would have every contract read.
          entityKey: createEntityKey('AkamaiEnrollment', 'contract { contractId } enrollmentId'),
        },
      },
      register: (kit) => registerAkamai(kit, accounts),
    }
  },
}
