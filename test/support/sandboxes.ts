import { providers } from '../../src/providers/list.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

/**
 * The vendors whose data the end-to-end tests count and compare. Another vendor of the program has no places there, and changes
 * none of these tests: the conformance suite is for all vendors.
 */
const stackVendors = {
  openai: providers.openai,
  akamai: providers.akamai,
  liveperson: providers.liveperson,
}

type Providers = typeof stackVendors

/** The emulator of each of these vendors, by the vendor's key in the configuration file. */
type Sandboxes = { readonly [Key in keyof Providers]: Awaited<ReturnType<Providers[Key]['startSandbox']>> }

/** The sizes of uniform data, by vendor. */
export type Scales = {
  readonly [Key in keyof Providers]?: Parameters<Providers[Key]['startSandbox']>[0]['scale']
}

/** The configuration file that a user of the emulators would write. */
export type SandboxFile = { readonly [Key in keyof Providers]: Sandboxes[Key]['config'] }

interface SandboxesOptions {
  readonly now: () => number
  readonly limits: boolean
  /** Uniform data for every vendor: of the default size for a vendor that is not named. Absent: varied data. */
  readonly scale?: Scales | undefined
}

/** Starts the emulators of these vendors. */
export async function startSandboxes({ scale, ...options }: SandboxesOptions) {
  const entries = Object.entries<StartSandbox>(stackVendors)
  const started: (readonly [string, Sandbox<unknown, unknown>])[] = []
  // One after the other: Jest fails when files that are imported at the same time import the same file.
  for (const [key, { startSandbox }] of entries) {
    const sizes = scale && { scale: Object.entries(scale).find(([vendor]) => vendor === key)?.[1] ?? {} }
    started.push([key, await startSandbox({ ...options, ...sizes })])
  }
  // Object.fromEntries keeps no types: each emulator belongs to the vendor with the same key.
  const sandboxes = Object.fromEntries(started) as unknown as Sandboxes
  return {
    sandboxes,
    file: Object.fromEntries(started.map(([key, { config }]) => [key, config])) as unknown as SandboxFile,
    emulators: started.map(([, { emulator }]) => emulator),
    async close() {
      await Promise.all(started.map(([, sandbox]) => sandbox.close()))
    },
  }
}

interface StartSandbox {
  startSandbox(
    options: Omit<SandboxesOptions, 'scale'> & { readonly scale?: object },
  ): Promise<Sandbox<unknown, unknown>>
}
