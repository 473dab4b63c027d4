import { createManualClock } from './manual-clock.ts'
import { startProgram } from './program.ts'
import { type SandboxFile, type Scales, startSandboxes } from './sandboxes.ts'

export type { GraphQLAnswer } from './program.ts'
export type { SandboxFile } from './sandboxes.ts'

export interface StackOptions {
  readonly scale?: Scales
  /** Whether there are rate limits, which the emulators enforce and the program keeps to. Default: true. */
  readonly limits?: boolean
  /** Default: everything is logged. */
  readonly logLevel?: string
  /** Changes the configuration file; gets the emulators' own configuration. */
  readonly configure?: (file: SandboxFile) => object
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/** The whole program over loopback HTTP, with the emulators of its vendors, on a clock that only the test moves. */
export async function startStack({ scale, limits = true, logLevel, configure = (file) => file }: StackOptions = {}) {
  const clock = createManualClock()
  const { sandboxes, file, emulators, close: closeSandboxes } = await startSandboxes({ now: clock.now, limits, scale })
  try {
    const program = await startProgram({ clock, limits, logLevel, file: configure(file), emulators })
    const close = async () => {
      try {
        await program.close()
      } finally {
        await closeSandboxes()
      }
    }
    return { ...program, ...sandboxes, emulators, file, close }
  } catch (error) {
    await closeSandboxes()
    throw error
  }
}
