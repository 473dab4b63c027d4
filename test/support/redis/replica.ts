import { once } from 'node:events'
import process from 'node:process'
import { createApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { createLog } from '../../../src/log.ts'
import { providers } from '../../../src/providers/list.ts'
import { listen } from '../../../src/server/listen.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'

/** The message that a replica is started with. */
export interface ReplicaSettings {
  readonly file: object
  readonly limits: readonly Limit[]
}

// Runs the whole program in its own process, with shorter rate limits than the vendor's: those last minutes.
const [{ file, limits }] = (await once(process, 'message')) as [ReplicaSettings]
const { providers: configured, ...config } = parseConfig(providers, file, { env: {}, cwd: '/', mode: 'live' })
const { akamai } = configured
if (!akamai) throw new Error('a replica without Akamai')
const log = createLog({ level: 'info', secrets: config.secrets }, process.stderr)
const app = await createApp(
  { ...config, providers: { akamai: { ...akamai, upstream: { ...akamai.upstream, limits } } } },
  { clock: systemClock, log, version: '0.0.0' },
)
const { url } = await listen(app.server, { host: '127.0.0.1', port: 0, clock: systemClock })
process.send?.(url)
