import process from 'node:process'
import ms from 'ms'
import { createApp } from './app.ts'
import { banner } from './banner.ts'
import { loadConfig, parseConfig } from './config.ts'
import { createLog } from './log.ts'
import { providers } from './providers/list.ts'
import { startSandbox } from './sandbox.ts'
import { type Listening, listen } from './server/listen.ts'
import { startMetricsListener } from './server/metrics-listener.ts'
import { watchStopSignals } from './stop-signals.ts'
import { systemClock } from './upstream/clock.ts'
import { version } from './version.ts'

/** 128 and the number of SIGINT, as shells report it. */
const forcedExitCode = 130

/** Starts the server, and waits until it has stopped. */
export async function startProcess(environment: Parameters<typeof loadConfig>[1]): Promise<number> {
  let abandon = () => {}
  const signals = watchStopSignals(process, systemClock, () => {
    abandon()
    process.exit(forcedExitCode)
  })
  let clearPauses = async () => {}
  // Without a handler, the signal ends the process. Windows has no such signal: there it never comes.
  process.on('SIGUSR2', () => void clearPauses())
  const loaded = loadConfig(providers, environment)
  const sandbox =
    loaded.mode === 'sandbox' ? await startSandbox({ now: systemClock.now, faults: loaded.sandboxFaults }) : null
  const config = sandbox ? parseConfig(providers, sandbox.file, { ...environment, mode: 'sandbox' }) : loaded
  const { host, port, logLevel, logFormat, drainDelay } = config.server

  // Logs go to standard error: standard output has the banner, for people.
  const log = createLog({ level: logLevel, format: logFormat, secrets: config.secrets }, process.stderr)
  const { ignoredVariables: variables } = config.source
  if (variables.length > 0)
    log.warn({ variables }, 'environment variables are not used: the configuration has other values')
  const app = await createApp(config, { clock: systemClock, log, version })
  clearPauses = app.clearPauses
  let listening: Listening | undefined
  abandon = () => {
    app.abandon()
    log.warn(
      { unanswered: listening?.pending ?? 0 },
      'stopped at once by a second signal: requests in progress are lost',
    )
  }
  listening = await listen(app.server, { host, port, clock: systemClock })
  const { listener } = config.metrics
  const metrics =
    app.metrics && listener
      ? await startMetricsListener(app.metrics, { ...listener, hosts: config.server.hosts, log })
      : null
  // A signal that came before the port was open needs no delay: no client has seen a ready server.
  const delay = signals.received ? 0 : drainDelay
  if (!signals.received)
    process.stdout.write(
      `${banner(config, { version, url: listening.url, places: app.places, metricsUrl: metrics?.url })}\n`,
    )

  const signal = await signals.first
  log.info({ signal }, toStopMessage(signals.hurry.aborted ? 0 : delay))
  signals.hurry.addEventListener('abort', () => listening.close())
  const { answered, unanswered } = await listening.close(signals.hurry.aborted ? 0 : delay)
  await metrics?.close()
  await app.close()
  await sandbox?.close()
  const outcome = unanswered === 0 ? 'stopped: every request was answered' : 'stopped: some requests were not answered'
  log.info({ answered, unanswered }, outcome)
  return 0
}

function toStopMessage(delay: number): string {
  const finishing = 'no connections are accepted, and requests in progress are answered'
  if (delay === 0) return `stopping: ${finishing}`
  return `stopping: /ready answers 503, and requests are served for ${ms(delay)}; then ${finishing}`
}
