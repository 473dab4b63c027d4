import type { Logger } from 'pino'
import type { App } from './app.ts'
import { pathExists } from './config/file.ts'
import { type FileVersions, watchFiles } from './config/file-watch.ts'
import { ConfigError } from './config/mistakes.ts'
import { ReadFiles, versionOf } from './config/read-files.ts'
import { findRejections } from './config/reload-rules.ts'
import type { ProcessState } from './process-state.ts'
import type { Listening } from './server/listen.ts'
import type { Clock } from './upstream/clock.ts'
import { Mutex } from './upstream/concurrency.ts'
import type { AnyConfig } from './vendors.ts'

interface ReloadOptions {
  /** The configuration in use, with the files that it was read from, and its app. */
  readonly config: AnyConfig
  readonly files: ReadFiles
  readonly app: App
  readonly state: ProcessState
  readonly listening: Pick<Listening, 'replaceServer'>
  /** Reads the configuration. @throws ConfigError */
  load(files: ReadFiles): AnyConfig
  /** Creates the app of a configuration, with the same process state. @throws ConfigError */
  createApp(config: AnyConfig): Promise<App>
  readonly clock: Clock
  readonly log: Logger
}

export interface Reloading {
  /** The configuration in use. */
  readonly config: AnyConfig
  /** The app in use. */
  readonly app: App
  /** Reads the configuration again. Resolves when the new one is in use, or is refused. */
  reload(trigger: string): Promise<void>
  close(): void
}

function missingFileOf({ source: { file } }: AnyConfig): string | null {
  return file === null || pathExists(file) ? null : file
}

const unchanged = 'the configuration stays as it is'

/**
 * Reads the configuration again when its files change, and when `reload` is called. Requests that come later are answered
 * by a new app. Those in progress are answered by the app that has begun them.
 */
export function startReloading({ listening, load, createApp, state, clock, log, ...first }: ReloadOptions): Reloading {
  let { config, app } = first
  let lastRead: FileVersions = first.files.versions
  const reloads = new Mutex()

  async function reload(trigger: string): Promise<void> {
    const files = new ReadFiles()
    let successful = false
    // Without its file, the configuration would come from the environment, or be that of the sandbox.
    const missing = missingFileOf(config)
    try {
      if (missing !== null)
        throw new ConfigError([`${missing} is missing; expected the configuration file that is in use`])
      const next = load(files)
      state.secrets.add(next.secrets)
      const rejections = findRejections(config, next)
      for (const rejection of rejections)
        log.error({ trigger, rejection }, `${unchanged}: ${rejection}; this needs a restart`)
      if (rejections.length === 0) {
        use(next, await createApp(next))
        successful = true
      }
    } catch (error) {
      if (error instanceof ConfigError)
        for (const mistake of error.mistakes) log.error({ trigger, mistake }, `${unchanged}: ${mistake}`)
      else log.error({ trigger, err: error }, `${unchanged}: an unexpected error`)
    }
    // A file with mistakes is read again when it has changed once more, and so are the files that were not reached.
    const seen = missing === null ? files.versions : new Map([[missing, versionOf(missing)]])
    lastRead = successful ? files.versions : new Map([...lastRead, ...seen])
    state.recordReload({ successful, at: clock.now() })
    if (!successful) return
    log.info({ trigger, places: app.places.length }, 'the configuration was read again')
    const { ignoredVariables: variables } = config.source
    if (variables.length > 0) log.warn({ variables }, 'environment variables are not used')
  }

  function use(next: AnyConfig, nextApp: App): void {
    const replaced = app
    config = next
    app = nextApp
    replaced.retire()
    endAfterRequests(replaced, listening.replaceServer(app.server)).catch((error: unknown) =>
      log.error({ err: error }, 'the app of the configuration before could not be ended'),
    )
  }

  async function endAfterRequests(replaced: App, answered: Promise<void>): Promise<void> {
    await answered
    await replaced.dispose()
    state.endRemoved()
  }

  const reloadOnce = (trigger: string) => reloads.run(() => reload(trigger))
  const watch = watchFiles({ clock, lastRead: () => lastRead, onChange: () => void reloadOnce('file') })
  return {
    get config() {
      return config
    },
    get app() {
      return app
    },
    reload: reloadOnce,
    close: () => watch.close(),
  }
}
