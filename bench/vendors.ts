import process from 'node:process'
import { startAkamaiSandbox } from '../src/providers/akamai/sandbox.ts'
import { startLivePersonSandbox } from '../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../src/providers/openai/sandbox.ts'
import { latency, sizes } from './sizes.ts'

// The emulators run in a separate process, so that their CPU time is not measured.
const options = { now: Date.now, limits: false }
const openai = await startOpenAISandbox({ ...options, scale: sizes.openai })
const akamai = await startAkamaiSandbox({ ...options, scale: sizes.akamai })
const liveperson = await startLivePersonSandbox({ ...options, scale: sizes.liveperson })
const emulators = { openai: openai.emulator, akamai: akamai.emulator, liveperson: liveperson.emulator }
for (const emulator of Object.values(emulators)) emulator.latency = latency

process.on('message', () => {
  process.send?.(Object.fromEntries(Object.entries(emulators).map(([name, { calls }]) => [name, calls.length])))
})
process.send?.({ openai: openai.config, akamai: akamai.config, liveperson: liveperson.config })
