#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { describeNewKey, UsageError } from './access/key-command.ts'
import { createApp } from './app.ts'
import { banner } from './banner.ts'
import { createBareSchema } from './bare-schema.ts'
import { loadFederation } from './config/federation.ts'
import { ConfigError } from './config/mistakes.ts'
import { loadConfig, parseConfig } from './config.ts'
import { createLog } from './log.ts'
import { providers } from './providers/list.ts'
import { startSandbox } from './sandbox.ts'
import { printSubgraph } from './schema/print.ts'
import { listen } from './server/listen.ts'
import { systemClock } from './upstream/clock.ts'
import { usage } from './usage.ts'

const environment = { env: process.env, cwd: process.cwd() }
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

async function start(): Promise<void> {
  let clearPauses = async () => {}
  // Without a handler, the signal ends the process. Windows has no such signal: there it never comes.
  process.on('SIGUSR2', () => void clearPauses())
  const loaded = loadConfig(providers, environment)
  const sandbox = loaded.mode === 'sandbox' ? await startSandbox(systemClock.now) : null
  const config = sandbox ? parseConfig(providers, sandbox.file, { ...environment, mode: 'sandbox' }) : loaded
  const { host, port, logLevel } = config.server

  // Logs go to standard error: standard output has the banner, for people.
  const log = createLog(logLevel, config.secrets, process.stderr)
  const app = createApp(config, { clock: systemClock, log, version })
  clearPauses = app.clearPauses
  const listening = await listen(app.server, { host, port, clock: systemClock })
  process.stdout.write(`${banner(config, version, listening.url)}\n`)

  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    await listening.close()
    await app.close()
    await sandbox?.close()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function run([command, ...rest]: readonly string[]): Promise<void> {
  if (command === undefined) return start()
  if (command === 'key' && rest.length < 2) process.stdout.write(describeNewKey(rest[0]))
  else if (command === 'subgraph' && rest.length === 0)
    process.stdout.write(printSubgraph(createBareSchema(), loadFederation(environment)))
  else if (command === '--help') process.stdout.write(usage(version))
  else if (command === '--version') process.stdout.write(`${version}\n`)
  else throw new UsageError('unknown command; expected none, or one of: key [name], subgraph, --help, --version')
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
})

function explain(error: unknown): string {
  if (error instanceof UsageError) return `certgraph: ${error.message}`
  if (error instanceof ConfigError) {
    return [
      'certgraph cannot start: the configuration has mistakes:',
      ...error.mistakes.map((each) => `  ${each}`),
    ].join('\n')
  }
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen') {
    return `certgraph cannot listen: ${error.message}; expected HOST and PORT to be a free address of this machine`
  }
  return `certgraph could not start: ${error instanceof Error ? error.stack : String(error)}`
}
