import { providers } from './providers/list.ts'
import type { ProviderList } from './providers/provider.ts'

export interface RunningSandbox {
  /** The configuration file for these emulators. */
  readonly file: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** Starts the emulators of all vendors on loopback addresses. */
export async function startSandbox(now: () => number, list: ProviderList = providers): Promise<RunningSandbox> {
  const started = await Promise.all(
    Object.entries(list).map(async ([key, provider]) => [key, await provider.startSandbox({ now })] as const),
  )
  return {
    file: Object.fromEntries(started.map(([key, { config }]) => [key, config])),
    close: async () => {
      await Promise.all(started.map(([, sandbox]) => sandbox.close()))
    },
  }
}
