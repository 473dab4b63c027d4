import type { Emulator } from '../../src/sandbox/emulator.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { KeptState } from './kept-state.ts'
import { createManualClock } from './manual-clock.ts'
import { type Program, startProgram } from './program.ts'
import { type SandboxFile, type Scales, startSandboxes } from './sandboxes.ts'

interface RestartingOptions {
  readonly scale?: Scales
  /** Whether there are rate limits. Default: false. */
  readonly limits?: boolean
  /** Changes the configuration file; gets the emulators' own configuration. */
  readonly configure?: (file: SandboxFile) => object
}

export type RestartingStack = Awaited<ReturnType<typeof startRestartingStack>>

/**
 * The emulators, a state, and a program that can be restarted, on a clock that only the test moves. Each process has a monotonic
 * time of its own.
 */
export async function startRestartingStack({
  scale,
  limits = false,
  configure = (file) => file,
}: RestartingOptions = {}) {
  let clock = createManualClock()
  const { sandboxes, file, emulators, close } = await startSandboxes({ now: () => clock.now(), limits, scale })
  const state = new KeptState()
  let program: Program | null = null
  const stop = async () => {
    await program?.close()
    program = null
  }

  return {
    ...sandboxes,
    emulators,
    get clock() {
      return clock
    },
    state,
    file,
    stop,
    /** Starts the program, after the one before has ended. */
    async start(changed: object = configure(file), kept: StateStore = state): Promise<Program> {
      await stop()
      clock = createManualClock(clock.now())
      program = await startProgram({ clock, limits, file: changed, emulators, kept })
      return program
    },
    calls: () => emulators.flatMap((emulator) => emulator.calls),
    /** Makes every call to these vendors fail. Default: all. */
    fail(effect: Parameters<Emulator['fault']>[0]['effect'] = { status: 503 }, failing = emulators): void {
      for (const emulator of failing) emulator.fault({ effect })
    },
    async close(): Promise<void> {
      try {
        await stop()
      } finally {
        await close()
      }
    },
  }
}
