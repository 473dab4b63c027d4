import { pino } from 'pino'
import { PendingWork } from '../../src/upstream/concurrency.ts'
import type { UpstreamDependencies } from '../../src/upstream/dependencies.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'
import { createManualClock } from './manual-clock.ts'

const clock = createManualClock()

/** An outgoing wire for what must do without one: every call on it fails. */
export const idleUpstream: UpstreamDependencies = {
  clock,
  settings: defaultSettings,
  redact: (text) => text,
  writes: false,
  pendingWork: new PendingWork(),
  log: pino({ level: 'silent' }),
  replicas: createSoleReplica(clock),
  transport: {
    send: async ({ url }) => {
      throw new Error(`no call was expected, and there is one to ${url}`)
    },
    close: async () => {},
  },
}
