import { type App, createApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { providers } from '../../../src/providers/list.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import { startSandboxes } from '../sandboxes.ts'
import { createTestLog } from '../test-log.ts'

export type EmulatedVendors = Awaited<ReturnType<typeof startEmulatedVendors>>

/** The emulated vendors, and any number of programs in this process that call them. */
export async function startEmulatedVendors() {
  const { sandboxes, file, emulators, close } = await startSandboxes({ now: Date.now, limits: false })
  // Imported before any program: Jest fails when programs that start at the same time import it.
  await import('../../../src/upstream/redis/replica.ts')
  const apps: Promise<App>[] = []
  return {
    ...sandboxes,
    file,
    close,
    /** The paths of the calls that the vendors received. */
    calls: () => emulators.flatMap(({ calls }) => calls.map(({ path }) => path)),
    reset() {
      for (const emulator of emulators) emulator.reset()
    },
    start(file: object, mode: 'live' | 'sandbox' = 'live') {
      const config = parseConfig(providers, file, { env: {}, cwd: '/', mode })
      const { log, lines } = createTestLog()
      const app = createApp(config, { clock: systemClock, log, version: '0.0.0' })
      apps.push(app)
      const fetch = async (path: string, init = {}) =>
        (await app).server.fetch(new Request(`http://localhost${path}`, init))
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
      await Promise.all(apps.splice(0).map(async (app) => (await app).close()))
    },
  }
}
