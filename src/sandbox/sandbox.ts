import type { Emulator } from './emulator.ts'

export interface SandboxOptions<Scale> {
  /** Milliseconds since the epoch. The data are laid out around the UTC day it names at the start. */
  readonly now: () => number
  /** Whether the vendor's rate limits hold: they do unless told. */
  readonly limits?: boolean
  /** Uniform data of these sizes in place of the small, varied ones. */
  readonly scale?: Partial<Scale>
}

/** One vendor, emulated. */
export interface Sandbox<Config, State> {
  /** What a user would write below the vendor's key in the configuration file. */
  readonly config: Config
  readonly emulator: Emulator
  /** What every answer is computed from. It may be changed between calls. */
  readonly state: State
  close(): Promise<void>
}
