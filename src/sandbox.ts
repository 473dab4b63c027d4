import { providers } from './providers/list.ts'
import type { ProviderList } from './providers/provider.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

export interface RunningSandbox {
  /** The configuration file for these emulators. */
  readonly file: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** Starts the emulators of all vendors on loopback addresses. */
export async function startSandbox(now: () => number, list: ProviderList = providers): Promise<RunningSandbox> {
  const started = new Map<string, Sandbox<unknown, unknown>>()
  for (const [key, provider] of Object.entries(list)) started.set(key, await provider.startSandbox({ now }))
  return {
    file: Object.fromEntries([...started].map(([key, { config }]) => [key, config])),
    close: async () => {
      await Promise.all([...started.values()].map((sandbox) => sandbox.close()))
    },
  }
}
