import type { Operation } from '../../upstream/operation.ts'
import { joinFound, narrowFound, oneOrNull } from '../found.ts'
import type { GlobalId } from '../global-id.ts'
import type { Place } from '../place.ts'
import type { Provider } from '../provider.ts'
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

    const findContract = async (operation: Operation, { key: [contractId] }: GlobalId) =>
      narrowFound(await contractsOf(accounts, operation), ({ vendorId }) => vendorId === contractId)

    return {
      provider: 'AKAMAI',
      description: 'Akamai CPS: certificates deployed under a contract.',
      holders: (operation, maxStaleness) => contractsOf(accounts, operation, { ahead: true, maxStaleness }),
      rotations: accounts.map(({ client: { sweep }, contracts }) => ({
        sweep,
        places: (operation) => contracts.list(operation),
      })),
      places: async (operation) =>
        joinFound<Place>([{ items: accounts, sources: [] }, await contractsOf(accounts, operation)]),
      lookups: {
        AkamaiAccount: {
          kind: 'place',
          find: async (_, { id }) =>
            narrowFound<Place>({ items: accounts, sources: [] }, (account) => account.id === id),
        },
        AkamaiContract: {
          kind: 'place',
          find: async (operation, { id }, maxStaleness) =>
            narrowFound(await contractsOf(accounts, operation, { maxStaleness }), (each) => each.id === id),
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
        },
      },
      register: (kit) => registerAkamai(kit, accounts),
    }
  },
}
