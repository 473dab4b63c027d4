import { providers } from '../src/providers/list.ts'
import type { Provider } from '../src/providers/provider.ts'

interface EmulatorOptions {
  readonly now: () => number
  /** Whether the emulators enforce rate limits. Default: true. */
  readonly limits?: boolean
  /** The data of each vendor, by its key. */
  readonly sizes: Readonly<Record<string, { readonly scale: object }>>
}

/** Starts the emulators of all vendors in this process. */
export async function startEmulators({ sizes, ...options }: EmulatorOptions) {
  const started = await Promise.all(
    Object.entries<Provider<unknown>>(providers).map(async ([key, provider]) => {
      const scale = sizes[key]?.scale
      return [key, await provider.startSandbox({ ...options, ...(scale && { scale }) })] as const
    }),
  )
  return {
    /** The configuration file for these vendors. */
    file: Object.fromEntries(started.map(([key, { config }]) => [key, config])),
    emulators: started.map(([, { emulator }]) => emulator),
    /** The number of calls so far, by vendor. */
    calls: (): Record<string, number> =>
      Object.fromEntries(started.map(([key, { emulator }]) => [key, emulator.calls.length])),
    close: async () => {
      await Promise.all(started.map(([, sandbox]) => sandbox.close()))
    },
  }
}
