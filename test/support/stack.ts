import type { AkamaiScale } from '../../src/providers/akamai/sandbox/scaled.ts'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import type { LivePersonScale } from '../../src/providers/liveperson/sandbox/scaled.ts'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import type { OpenAIScale } from '../../src/providers/openai/sandbox/scaled.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { createManualClock } from './manual-clock.ts'
import { startProgram } from './program.ts'

export type { GraphQLAnswer } from './program.ts'

export interface StackOptions {
  readonly scale?: {
    readonly openai?: Partial<OpenAIScale>
    readonly akamai?: Partial<AkamaiScale>
    readonly liveperson?: Partial<LivePersonScale>
  }
  /** Whether there are rate limits, which the emulators enforce and the program keeps to. Default: true. */
  readonly limits?: boolean
  /** Default: everything is logged. */
  readonly logLevel?: string
  /** Changes the configuration file; gets the emulators' own configuration. */
  readonly configure?: (file: SandboxFile) => object
}

/** The configuration file that a user of the emulators would write. */
export interface SandboxFile {
  readonly openai: Awaited<ReturnType<typeof startOpenAISandbox>>['config']
  readonly akamai: Awaited<ReturnType<typeof startAkamaiSandbox>>['config']
  readonly liveperson: Awaited<ReturnType<typeof startLivePersonSandbox>>['config']
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/** The whole program over loopback HTTP, with the emulators of all vendors, on a clock that only the test moves. */
export async function startStack({ scale, limits = true, logLevel, configure = (file) => file }: StackOptions = {}) {
  const clock = createManualClock()
  const options = { now: clock.now, limits }
  const openai = await startOpenAISandbox({ ...options, ...(scale && { scale: scale.openai ?? {} }) })
  const akamai = await startAkamaiSandbox({ ...options, ...(scale && { scale: scale.akamai ?? {} }) })
  const liveperson = await startLivePersonSandbox({ ...options, ...(scale && { scale: scale.liveperson ?? {} }) })
  const closeVendors = () => Promise.all([openai.close(), akamai.close(), liveperson.close()])
  try {
    const program = await startProgram({
      clock,
      limits,
      logLevel,
      file: configure({ openai: openai.config, akamai: akamai.config, liveperson: liveperson.config }),
      emulators: [openai.emulator, akamai.emulator, liveperson.emulator],
    })
    const close = async () => {
      try {
        await program.close()
      } finally {
        await closeVendors()
      }
    }
    return { ...program, openai, akamai, liveperson, close }
  } catch (error) {
    await closeVendors()
    throw error
  }
}
