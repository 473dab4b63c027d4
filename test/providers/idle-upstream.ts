import { pino } from 'pino'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'
import { UnderWay } from '../../src/upstream/under-way.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'
import { createManualClock } from '../manual-clock.ts'

const clock = createManualClock()

/** An outgoing wire for what must do without one: every call on it fails. */
export const idleUpstream: Upstream = {
  clock,
  settings: defaultSettings,
  redact: (text) => text,
  writes: false,
  underWay: new UnderWay(),
  log: pino({ level: 'silent' }),
  replicas: createSoleReplica(clock),
  transport: {
    send: async ({ url }) => {
      throw new Error(`no call was expected, and there is one to ${url}`)
    },
    close: async () => {},
  },
}
