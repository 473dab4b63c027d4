import process from 'node:process'
import { benchAnswers } from './answers.ts'
import { benchCold } from './cold.ts'
import { benchEventLoop } from './event-loop.ts'
import { benchOutage } from './outage.ts'
import { benchPages } from './pages.ts'
import { benchCompletion, benchPolling } from './rate-limit.ts'
import { benchSoak } from './soak.ts'
import { benchStart } from './start.ts'

/** The parts, by the name that `npm run bench -- <name>` runs alone. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  answers: benchAnswers,
  pages: benchPages,
  cold: benchCold,
  polling: benchPolling,
  outage: benchOutage,
  completion: benchCompletion,
  'event-loop': benchEventLoop,
  soak: benchSoak,
}

const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : Object.keys(parts)) {
  const run = parts[name]
  if (!run) throw new Error(`${name}: no part of the benchmark; expected ${Object.keys(parts).join(', ')}`)
  await run()
}
