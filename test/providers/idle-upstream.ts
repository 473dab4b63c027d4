import { pino } from 'pino'
import type { Upstream } from '../../src/upstream/call.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'
import { createManualClock } from '../manual-clock.ts'

/** An outgoing wire for what must do without one: every call on it fails. */
export const idleUpstream: Upstream = {
  clock: createManualClock(),
  settings: defaultSettings,
  redact: (text) => text,
  log: pino({ level: 'silent' }),
  transport: {
    send: async ({ url }) => {
      throw new Error(`no call was expected, and there is one to ${url}`)
    },
    close: async () => {},
  },
}
