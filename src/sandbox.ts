import type { SandboxFault, SandboxFaults } from './config/sandbox-faults.ts'
import { providers } from './providers/list.ts'
import type { ProviderList } from './providers/provider.ts'
import type { Effect } from './sandbox/fault.ts'
import { sandboxOwners } from './sandbox/owners.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

export interface RunningSandbox {
  /** The configuration file for these emulators. */
  readonly file: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

interface SandboxOptions {
  readonly now: () => number
  /** What vendors do in place of their responses. Default: none. */
  readonly faults?: SandboxFaults
}

/** A frontend developer does not want to wait for ten seconds to see the error. */
const callTimeout = '2s'

/** Starts the emulators of all vendors on loopback addresses. */
export async function startSandbox(
  { now, faults = new Map() }: SandboxOptions,
  list: ProviderList = providers,
): Promise<RunningSandbox> {
  const started = new Map<string, Sandbox<unknown, unknown>>()
  for (const [key, provider] of Object.entries(list)) started.set(key, await provider.startSandbox({ now }))
  for (const [key, fault] of faults) started.get(key)?.emulator.fault({ effect: toEffect(fault) })
  const slow = [...faults].filter(([, fault]) => fault === 'timeout').map(([key]) => [key, { timeout: callTimeout }])
  return {
    file: {
      ...Object.fromEntries([...started].map(([key, { config }]) => [key, config])),
      owners: sandboxOwners,
      upstream: Object.fromEntries(slow),
    },
    close: async () => {
      await Promise.all([...started.values()].map((sandbox) => sandbox.close()))
    },
  }
}

function toEffect(fault: SandboxFault): Effect {
  if (fault === 'timeout') return 'hang'
  if (fault === 'reset') return 'reset'
  if (fault === 'malformed') return { status: 200, headers: { 'content-type': 'application/json' }, body: '{' }
  return { status: fault, body: `fault ${fault} of the sandbox` }
}
