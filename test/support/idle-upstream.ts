import { pino } from 'pino'
import { defaultLimits } from '../../src/limits.ts'
import { PendingWork } from '../../src/upstream/concurrency.ts'
import type { UpstreamDependencies } from '../../src/upstream/dependencies.ts'
import { keptNowhere } from '../../src/upstream/kept-objects.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'
import { createManualClock } from './manual-clock.ts'

const clock = createManualClock()

/** Upstream dependencies for code that must not call a vendor: every call fails. */
export const idleUpstream: UpstreamDependencies = {
  clock,
  settings: defaultSettings,
  readingLimits: defaultLimits.reading,
  redact: (text) => text,
  writes: false,
  kept: keptNowhere,
  pendingWork: new PendingWork(),
  log: pino({ level: 'silent' }),
  replicas: createSoleReplica(clock),
  transport: {
    send: async ({ url }) => {
      throw new Error(`unexpected call to ${url}`)
    },
    isClosed: false,
    close: async () => {},
  },
}
