import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pathExists, readSettings } from './file.ts'
import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import type { ProcessSettings } from './process.ts'
import { nameVariable, readShortForms, type ShortForms } from './short-form.ts'
import { type Environment, substitute } from './substitution.ts'

const defaultFile = 'certgraph.config.yaml'

/** Where the settings come from: a file, environment variables, or the emulators of the sandbox. */
export interface SettingsSource {
  readonly mode: 'live' | 'sandbox'
  /** In the form of the file, with variables substituted. Undefined until the emulators have started. */
  readonly settings: unknown
  readonly folders: ConfigFolders
  nameOf(path: SettingPath): string
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

/** A configuration file, parsed. Its content is undefined, with the mistakes reported, when it cannot be read. */
interface ConfigFile {
  readonly path: string
  readonly content: unknown
}

/** Reads the file that CERTGRAPH_CONFIG names, or the default one if it exists. Undefined without one. */
export function readConfigFile(
  cwd: string,
  { sandboxForced, configFile }: ProcessSettings,
  mistakes: Mistakes,
): ConfigFile | undefined {
  const path = resolve(cwd, configFile ?? defaultFile)
  if (sandboxForced || (configFile === undefined && !pathExists(path))) return undefined
  const named = configFile === undefined ? defaultFile : 'CERTGRAPH_CONFIG'
  return { path, content: readSettings(path, named, mistakes) }
}

/** Finds the source of the settings; undefined, with the mistakes reported, when its file cannot be read. */
export function findSource(
  shortForms: ShortForms,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
  process: ProcessSettings,
  mistakes: Mistakes,
): SettingsSource | undefined {
  const folders = { base: cwd, home: homeOf(env) }
  const sandbox: SettingsSource = { mode: 'sandbox', settings: undefined, folders, nameOf: pathText }
  if (process.sandboxForced) return sandbox

  const file = readConfigFile(cwd, process, mistakes)
  if (file) {
    if (file.content === undefined) return undefined
    const settings = substitute(file.content, env, mistakes)
    return { mode: 'live', settings, folders: { ...folders, base: dirname(file.path) }, nameOf: pathText }
  }

  const settings = readShortForms(shortForms, env, mistakes)
  if (settings) return { mode: 'live', settings, folders, nameOf: (path) => nameVariable(shortForms, path) }
  if (process.sandboxAllowed) return sandbox

  mistakes.add(
    pathText([]),
    `nothing is configured; expected a file named by CERTGRAPH_CONFIG, or ${resolve(cwd, defaultFile)} (the sandbox starts only with a loopback HOST and NODE_ENV other than production)`,
  )
  return { mode: 'live', settings: {}, folders, nameOf: pathText }
}
