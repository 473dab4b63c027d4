import { toGlobalId } from '../global-id.ts'
import type { Provider } from '../provider.ts'
import { type AkamaiConfig, akamaiConfig } from './config.ts'
import { createAkamaiPlaces } from './places.ts'
import { akamaiQueries } from './queries.ts'
import type { startAkamaiSandbox } from './sandbox.ts'
import { registerAkamai } from './schema.ts'

/** Akamai CPS: the certificates deployed under each contract, on production and staging. */
export const akamai = {
  ...akamaiConfig,
  provider: 'AKAMAI',
  brand: 'Akamai',
  none: { accounts: [] },
  startSandbox: async (options: Parameters<typeof startAkamaiSandbox>[0]) =>
    (await import('./sandbox.ts')).startAkamaiSandbox(options),
  create(config, upstream) {
    const places = createAkamaiPlaces(config, upstream)
    return {
      ...places.vendor,
      lookups: {
        ...places.vendor.lookups,
        AkamaiEnrollment: {
          kind: 'other',
          find: (operation, { id, key }) => places.enrollment(operation, id, key),
          // With the vendor's id alone, every contract would have to be read.
          entityKey: {
            fields: 'contract { contractId } enrollmentId',
            toId: (_operation, ids) => toGlobalId('AkamaiEnrollment', ...ids),
          },
        },
      },
      provider: akamaiConfig.provider,
      description: 'Akamai CPS: certificates deployed under a contract.',
      queries: akamaiQueries,
      notes: {
        expiringUncovered:
          'At Akamai a replacement is a pending change of type renewal or new-certificate or, before the expiry, a ' +
          'scheduled automatic renewal. Checking for an automatic renewal costs one call per contract that has a certificate left after the other conditions.',
      },
      sourceKinds: {
        ENROLLMENTS: {
          description:
            'The enrollments of an Akamai contract, which its list of certificates does not describe in full.',
        },
      },
      register: (kit) => registerAkamai(kit, places),
    }
  },
} satisfies Provider<AkamaiConfig>
