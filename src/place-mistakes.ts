import { findPlaceMistakes as findAccessMistakes } from './access/listed-places.ts'
import type { FindMistakes } from './config.ts'
import { defaultLimits } from './limits.ts'
import { createLog } from './log.ts'
import { findRuleMistakes } from './providers/rule-places.ts'
import { systemClock } from './upstream/clock.ts'
import { PendingWork } from './upstream/concurrency.ts'
import { keptNowhere } from './upstream/kept-objects.ts'
import { createRedactor } from './upstream/redact.ts'
import { createSoleReplica } from './upstream/replicas.ts'
import { defaultSettings } from './upstream/settings.ts'
import type { Transport } from './upstream/transport.ts'
import { type AnyConfig, createVendors } from './vendors.ts'

/** The vendors are only asked for their configured places. */
const noTransport: Transport = {
  send: () => Promise.reject(new Error('no call is made for a configuration with mistakes')),
  close: async () => {},
  isClosed: false,
}

/**
 * Finds the mistakes in the places of `owners` and `access`, as the start does, in a configuration that has other mistakes.
 * Starts nothing and makes no call.
 */
export const findPlaceMistakes: FindMistakes<AnyConfig['providers']> = ({ providers, owners, access }, locate) => {
  const upstream = {
    clock: systemClock,
    transport: noTransport,
    readingLimits: defaultLimits.reading,
    log: createLog({ level: 'silent', secrets: [] }, { write() {} }),
    redact: createRedactor([]),
    writes: false,
    pendingWork: new PendingWork(),
    replicas: createSoleReplica(systemClock),
    kept: keptNowhere,
  }
  const vendors = createVendors(providers, (key) => ({
    ...upstream,
    settings: providers[key]?.upstream ?? defaultSettings,
  }))
  const configured = vendors.flatMap((vendor) => vendor.configured)
  return [...findAccessMistakes(access, configured, locate), ...findRuleMistakes(owners, vendors, locate)]
}
