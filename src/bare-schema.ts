import type { GraphQLSchema } from 'graphql'
import { pino } from 'pino'
import { defaultLimits } from './limits.ts'
import { OwnerRules } from './owners/owner-rules.ts'
import type { ProviderList } from './providers/provider.ts'
import { createSchema } from './schema/schema.ts'
import { systemClock } from './upstream/clock.ts'
import { PendingWork } from './upstream/concurrency.ts'
import { keptNowhere } from './upstream/kept-objects.ts'
import { createSoleReplica } from './upstream/replicas.ts'
import { defaultSettings } from './upstream/settings.ts'
import { createTransport } from './upstream/transport.ts'
import { createVendors } from './vendors.ts'

/** The schema without any configured place, to print it. The types do not depend on the configuration. */
export function createBareSchema(list?: ProviderList): GraphQLSchema {
  const log = pino({ level: 'silent' })
  const vendors = createVendors(
    {},
    () => ({
      clock: systemClock,
      transport: createTransport(defaultLimits.vendorBody),
      readingLimits: defaultLimits.reading,
      log,
      redact: (text) => text,
      writes: false,
      kept: keptNowhere,
      pendingWork: new PendingWork(),
      replicas: createSoleReplica(systemClock),
      settings: defaultSettings,
    }),
    list,
  )
  return createSchema(vendors, { expiry: { critical: 0, warning: 0 }, owners: OwnerRules.none })
}
