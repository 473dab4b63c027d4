import type { Emulator } from './emulator.ts'

export interface SandboxOptions<Scale> {
  /** Milliseconds since the epoch. Dates in the data are relative to the UTC day at the start. */
  readonly now: () => number
  /** Whether the vendor's rate limits apply. Default: true. */
  readonly limits?: boolean
  /** Uniform data of these sizes in place of the small, varied data set. */
  readonly scale?: Partial<Scale>
}

/** An emulated vendor. */
export interface Sandbox<Config, State> {
  /** The vendor's section of the configuration file. */
  readonly config: Config
  readonly emulator: Emulator
  /** The data of all responses. Tests may change it between calls. */
  readonly state: State
  close(): Promise<void>
}
