import { once } from 'node:events'
import process from 'node:process'
import { createApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { createLog } from '../../../src/log.ts'
import { providers } from '../../../src/providers/list.ts'
import { listen } from '../../../src/server/listen.ts'
import { systemClock } from '../../../src/upstream/clock.ts'

// Runs the whole program in its own process, with the configuration file of its first message.
const [file] = (await once(process, 'message')) as [object]
const config = parseConfig(providers, file, { env: {}, cwd: '/', mode: 'live' })
const log = createLog({ level: 'info', secrets: config.secrets }, process.stderr)
const app = await createApp(config, { clock: systemClock, log, version: '0.0.0' })
const { url } = await listen(app.server, { host: '127.0.0.1', port: 0, clock: systemClock })
process.send?.(url)
