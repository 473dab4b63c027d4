import { type App, createApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import { providers } from '../../../src/providers/list.ts'
import { startLivePersonSandbox } from '../../../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../../../src/providers/openai/sandbox.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import { createTestLog } from '../test-log.ts'

export type EmulatedVendors = Awaited<ReturnType<typeof startEmulatedVendors>>

/** The emulated vendors, and any number of programs in this process that call them. */
export async function startEmulatedVendors() {
  const options = { now: Date.now, limits: false }
  const [openai, akamai, liveperson] = await Promise.all([
    startOpenAISandbox(options),
    startAkamaiSandbox(options),
    startLivePersonSandbox(options),
  ])
  const sandboxes = [openai, akamai, liveperson]
  const apps: App[] = []
  return {
    openai,
    akamai,
    liveperson,
    file: { openai: openai.config, akamai: akamai.config, liveperson: liveperson.config },
    /** The paths of the calls that the vendors received. */
    calls: () => sandboxes.flatMap(({ emulator }) => emulator.calls.map(({ path }) => path)),
    reset() {
      for (const { emulator } of sandboxes) emulator.reset()
    },
    start(file: object, mode: 'live' | 'sandbox' = 'live') {
      const config = parseConfig(providers, file, { env: {}, cwd: '/', mode })
      const { log, lines } = createTestLog()
      const app = createApp(config, { clock: systemClock, log, version: '0.0.0' })
      apps.push(app)
      const fetch = (path: string, init = {}) => app.server.fetch(new Request(`http://localhost${path}`, init))
      return {
        lines,
        health: async () => (await fetch('/health')).json() as Promise<Record<string, unknown>>,
        async ask(query: string): Promise<unknown> {
          const headers = { 'content-type': 'application/json' }
          const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })
          return response.json()
        },
      }
    },
    async leave() {
      await Promise.all(apps.splice(0).map((app) => app.close()))
    },
    async close() {
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
    },
  }
}
