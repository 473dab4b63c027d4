import process from 'node:process'
import { type Logger, pino } from 'pino'
import { createApp } from '../src/app.ts'
import { parseConfig } from '../src/config.ts'
import { providers } from '../src/providers/list.ts'
import { listen } from '../src/server/listen.ts'
import { type Clock, systemClock } from '../src/upstream/clock.ts'
import type { AnyConfig } from '../src/vendors.ts'
import { queryAt } from './client.ts'

/** The running program. */
export interface Program {
  readonly url: string
  ask<Data>(query: string, variables?: object): Promise<Data>
  close(): Promise<void>
}

/** The configuration of a file. Unless the file says otherwise, each answer is computed. */
export function toConfig(file: object): AnyConfig {
  return parseConfig(
    providers,
    { server: { answers: { storeFor: '0s' } }, ...file },
    { env: process.env, cwd: process.cwd(), mode: 'live' },
  )
}

/** The same configuration, for vendors without rate limits. */
export function withoutLimits(config: AnyConfig): AnyConfig {
  const parts = Object.entries(config.providers).map(([key, part]) => {
    return [key, part && { ...part, upstream: { ...part.upstream, limits: [] } }]
  })
  return { ...config, providers: Object.fromEntries(parts) }
}

/** Starts the program. It has read nothing yet. */
export async function startProgram(
  config: AnyConfig,
  clock: Clock = systemClock,
  log: Logger = pino({ level: 'silent' }),
): Promise<Program> {
  const app = await createApp(config, { clock, log, version: 'bench' })
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock })
  return {
    url: listening.url,
    ask: <Data>(query: string, variables = {}) => queryAt<Data>(listening.url, query, variables),
    async close() {
      await listening.close()
      await app.close()
    },
  }
}
