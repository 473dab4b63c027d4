import { startAkamaiSandbox } from '../src/providers/akamai/sandbox.ts'
import { startLivePersonSandbox } from '../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../src/providers/openai/sandbox.ts'

/** Starts the emulators in this process with their rate limits, for measurements that are not about time. */
export async function startVendors(now: () => number, contractsPerAccount: number) {
  const openai = await startOpenAISandbox({ now, scale: { projectsPerOrganization: 5 } })
  const akamai = await startAkamaiSandbox({ now, scale: { contractsPerAccount } })
  const liveperson = await startLivePersonSandbox({ now, scale: { accounts: 5 } })
  const emulators = [openai.emulator, akamai.emulator, liveperson.emulator]
  return {
    akamai,
    emulators,
    file: { openai: openai.config, akamai: akamai.config, liveperson: liveperson.config },
    calls: () => emulators.reduce((sum, { calls }) => sum + calls.length, 0),
    async close() {
      await Promise.all([openai, akamai, liveperson].map((vendor) => vendor.close()))
    },
  }
}
