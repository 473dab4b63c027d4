import process from 'node:process'
import { isatty } from 'node:tty'
import ms from 'ms'
import { createApp } from './app.ts'
import { banner } from './banner.ts'
import { ReadFiles } from './config/read-files.ts'
import { loadConfig, parseConfig } from './config.ts'
import { createLog } from './log.ts'
import { findPlaceMistakes } from './place-mistakes.ts'
import { createProcessState } from './process-state.ts'
import { providers } from './providers/list.ts'
import { type Reloading, startReloading } from './reload.ts'
import { startSandbox } from './sandbox.ts'
import { type Listening, listen } from './server/listen.ts'
import { startMetricsListener } from './server/metrics-listener.ts'
import { watchStopSignals } from './stop-signals.ts'
import { systemClock } from './upstream/clock.ts'
import { KnownSecrets } from './upstream/redact.ts'
import type { AnyConfig } from './vendors.ts'
import { version } from './version.ts'

/** 128 and the number of SIGINT, as shells report it. */
const forcedExitCode = 130

/** Starts the server, and waits until it has stopped. */
export async function startProcess(environment: Parameters<typeof loadConfig>[1]): Promise<number> {
  // A terminal sends SIGHUP when it closes, and is none any more then.
  const inTerminal = isInTerminal()
  let abandon = () => {}
  let isReloadWanted = false
  let reload = () => {
    isReloadWanted = true
  }
  const signals = watchStopSignals(
    process,
    systemClock,
    () => {
      abandon()
      process.exit(forcedExitCode)
    },
    () => {
      if (inTerminal) return false
      reload()
      return true
    },
  )
  let clearPauses = async () => {}
  // Without a handler, the signal ends the process. Windows has no such signal: there it never comes.
  process.on('SIGUSR2', () => void clearPauses())
  const files = new ReadFiles()
  const load = (from: ReadFiles) => loadConfig(providers, { ...environment, files: from }, findPlaceMistakes)
  const loaded = load(files)
  const isReloadable = loaded.mode === 'live' && files.versions.size > 0
  const sandbox =
    loaded.mode === 'sandbox' ? await startSandbox({ now: systemClock.now, faults: loaded.sandboxFaults }) : null
  const config = sandbox ? parseConfig(providers, sandbox.file, { ...environment, mode: 'sandbox' }) : loaded
  const { host, port, logLevel, logFormat } = config.server

  // Logs go to standard error: standard output has the banner, for people.
  const secrets = new KnownSecrets(config.secrets)
  const log = createLog({ level: logLevel, format: logFormat, secrets }, process.stderr)
  const { ignoredVariables: variables } = config.source
  if (variables.length > 0) log.warn({ variables }, 'environment variables are not used')
  const state = await createProcessState(config, { clock: systemClock, log, version, secrets, keepsState: true })
  const createNextApp = (next: AnyConfig) => createApp(next, { clock: systemClock, log, version, state })
  const app = await createNextApp(config)
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
  let reloading: Reloading | null = null
  const { listener } = config.metrics
  const metrics =
    app.metrics && listener
      ? await startMetricsListener(app.metrics, {
          ...listener,
          hosts: () => (reloading?.config ?? config).server.hosts,
          refusedHosts: state.refusedHosts,
          log,
        })
      : null
  // A signal that came before the port was open needs no delay: no client has seen a ready server.
  const isSeen = !signals.received
  if (isSeen)
    process.stdout.write(
      `${banner(config, { version, url: listening.url, places: app.places, metricsUrl: metrics?.url })}\n`,
    )

  const options = { config, files, app, state, listening, load, createApp: createNextApp, clock: systemClock, log }
  const started = isReloadable ? startReloading(options) : null
  reloading = started
  reload = () => {
    if (started) void started.reload('SIGHUP')
    else log.info({ signal: 'SIGHUP' }, 'the signal is ignored: there is no file to read again')
  }
  if (isReloadWanted) reload()

  const signal = await signals.first
  // A process that stops has no use for another configuration.
  reload = () => {}
  started?.close()
  const delay = isSeen ? (started?.config ?? config).server.drainDelay : 0
  const cause = signal === 'SIGHUP' ? { cause: 'certgraph runs in a terminal, which sends SIGHUP when it closes' } : {}
  log.info({ signal, ...cause }, toStopMessage(signals.hurry.aborted ? 0 : delay))
  signals.hurry.addEventListener('abort', () => listening.close())
  const { answered, unanswered } = await listening.close(signals.hurry.aborted ? 0 : delay)
  await metrics?.close()
  await (started?.app ?? app).close()
  await sandbox?.close()
  const outcome = unanswered === 0 ? 'stopped: every request was answered' : 'stopped: some requests were not answered'
  log.info({ answered, unanswered }, outcome)
  return 0
}

function isInTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor))
}

function toStopMessage(delay: number): string {
  const finishing = 'no connections are accepted, and requests in progress are answered'
  if (delay === 0) return `stopping: ${finishing}`
  return `stopping: /ready answers 503, and requests are served for ${ms(delay)}; then ${finishing}`
}
