import { homedir } from 'node:os'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { pathExists } from './file.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import type { ProcessSettings } from './process.ts'
import { readSettingsFile, type SettingsFile } from './settings-file.ts'
import { nameVariable, readShortForms, type ShortForms } from './short-form.ts'
import { type Environment, substitute } from './substitution.ts'

/** The files that are read when CERTGRAPH_CONFIG names none. */
const defaultFiles = ['certgraph.config.yaml', 'certgraph.config.yml'] as const

/** Where the settings come from: a file, environment variables, or the emulators of the sandbox. */
export interface SettingsSource {
  readonly mode: 'live' | 'sandbox'
  /** In the form of the file, with variables substituted. Undefined until the emulators have started. */
  readonly settings: unknown
  readonly folders: ConfigFolders
}

/** The folder of `~`. It is / for a user without an entry in the system's list of users, as a container may have. */
export function homeOf({ HOME }: Environment, readHome: () => string = homedir): string {
  if (HOME) return HOME
  try {
    return readHome()
  } catch {
    return '/'
  }
}

/** Reads the file that CERTGRAPH_CONFIG names, or a default one if it exists. Undefined without one. */
export function readConfigFile(
  cwd: string,
  { sandboxForced, configFile }: ProcessSettings,
  mistakes: Mistakes,
): SettingsFile | undefined {
  if (sandboxForced) return undefined
  const found = defaultFiles.filter((name) => pathExists(resolve(cwd, name)))
  const name = configFile ?? found[0]
  if (name === undefined) return undefined
  if (configFile === undefined && found.length > 1)
    mistakes.add(found.join(' and '), 'two configuration files; expected one of them, or CERTGRAPH_CONFIG')
  const path = resolve(cwd, name)
  const namedBy = configFile === undefined ? name : 'CERTGRAPH_CONFIG'
  const file = readSettingsFile(path, { shown: shownPath(cwd, path), namedBy }, mistakes)
  mistakes.names = file.names
  return file
}

/** Relative to the working directory when the file is below it. */
function shownPath(cwd: string, path: string): string {
  const below = relative(cwd, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}

/** Finds the source of the settings; undefined, with the mistakes reported, when its file cannot be read. */
export function findSource(
  shortForms: ShortForms,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
  process: ProcessSettings,
  mistakes: Mistakes,
): SettingsSource | undefined {
  const folders = { base: cwd, home: homeOf(env) }
  const sandbox: SettingsSource = { mode: 'sandbox', settings: undefined, folders }
  if (process.sandboxForced) return sandbox

  const file = readConfigFile(cwd, process, mistakes)
  if (file) {
    if (file.content === undefined) return undefined
    const settings = substitute(file.content, env, mistakes)
    return { mode: 'live', settings, folders: { ...folders, base: dirname(file.path) } }
  }

  const settings = readShortForms(shortForms, env, mistakes)
  if (settings) {
    mistakes.names = { nameOf: (path) => nameVariable(shortForms, path) }
    return { mode: 'live', settings, folders }
  }
  if (process.sandboxAllowed) return sandbox

  mistakes.add(
    [],
    `nothing is configured; expected a file named by CERTGRAPH_CONFIG, or ${resolve(cwd, defaultFiles[0])} (the sandbox starts only with a loopback HOST and NODE_ENV other than production)`,
  )
  return { mode: 'live', settings: {}, folders }
}
