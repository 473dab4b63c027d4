import { type ProviderConfigs, providers } from './providers/list.ts'
import { providerKeys } from './vendors.ts'

export interface RunningSandbox {
  /** The configuration file that a user of these emulators would write. */
  readonly file: Readonly<Record<keyof ProviderConfigs, unknown>>
  close(): Promise<void>
}

/** Starts the emulators of all vendors on loopback. */
export async function startSandbox(now: () => number): Promise<RunningSandbox> {
  const started = await Promise.all(
    providerKeys.map(async (key) => [key, await providers[key].startSandbox({ now })] as const),
  )
  return {
    file: Object.fromEntries(started.map(([key, { config }]) => [key, config])) as RunningSandbox['file'],
    close: async () => {
      await Promise.all(started.map(([, sandbox]) => sandbox.close()))
    },
  }
}
