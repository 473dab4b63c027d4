import process, { stderr, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { benchAnswers } from './answers.ts'
import { benchCold } from './cold.ts'
import { benchEventLoop } from './event-loop.ts'
import { benchExports } from './exports.ts'
import { beginPart, writeFigures } from './figures.ts'
import { benchOutage } from './outage.ts'
import { benchPage } from './page.ts'
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
  exports: benchExports,
  page: benchPage,
  soak: benchSoak,
}

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, help: { type: 'boolean' } },
})
const usage = `npm run bench -- [--json FILE] [PART ...]\nThe parts: ${Object.keys(parts).join(', ')}. Default: all.`
if (values.help) {
  stdout.write(`${usage}\n`)
  process.exit()
}
const unknown = names.find((name) => !parts[name])
if (unknown) {
  stderr.write(`${unknown} is no part of the benchmark.\n${usage}\n`)
  process.exit(1)
}
for (const name of names.length > 0 ? names : Object.keys(parts)) {
  beginPart(name)
  await parts[name]?.()
  // After each part: a later one may fail.
  if (values.json) writeFigures(values.json)
}
