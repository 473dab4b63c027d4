import { homedir } from 'node:os'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { pathExists } from './file.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import type { ProcessSettings } from './process.ts'
import type { ReadFiles } from './read-files.ts'
import { readSettingsFile, type SettingsFile } from './settings-file.ts'
import { findIgnored, nameVariable, readShortForms, type ShortForms } from './short-form.ts'
import { substitute } from './substitution.ts'
import type { Environment, Variables } from './variables.ts'

/** The files that are read when CERTGRAPH_CONFIG names none. */
const defaultFiles = ['certgraph.config.yaml', 'certgraph.config.yml', 'certgraph.config.json'] as const

/** Where the settings come from: a file, environment variables, or the emulators of the sandbox. */
export interface SettingsSource {
  readonly mode: 'live' | 'sandbox'
  /** In the form of the file, with variables substituted. Undefined until the emulators have started. */
  readonly settings: unknown
  readonly folders: ConfigFolders
  /** The path of the configuration file; null without one. */
  readonly file: string | null
  /** The variables of the short form that are set, but not used because there is a file. */
  readonly ignored: readonly string[]
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
  files: ReadFiles,
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
  const file = readSettingsFile(path, { shown: shownPath(cwd, path), namedBy }, files, mistakes)
  mistakes.names = file.names
  return file
}

/** The variables that a forced sandbox does not use. */
export function findIgnoredBySandbox(shortForms: ShortForms, variables: Variables): readonly string[] {
  const configFile = 'CERTGRAPH_CONFIG'
  return [...(variables.isSet(configFile) ? [configFile] : []), ...findIgnored(shortForms, variables)]
}

/** Relative to the working directory when the file is below it. */
function shownPath(cwd: string, path: string): string {
  const below = relative(cwd, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}

/** Finds the source of the settings; undefined, with the mistakes reported, when its file cannot be read. */
export function findSource(
  shortForms: ShortForms,
  { folders, variables }: { readonly folders: ConfigFolders; readonly variables: Variables },
  process: ProcessSettings,
  mistakes: Mistakes,
): SettingsSource | undefined {
  const source = { mode: 'live', folders, file: null, ignored: [] } as const
  const sandbox: SettingsSource = { ...source, mode: 'sandbox', settings: undefined }
  if (process.sandboxForced) return sandbox

  const file = readConfigFile(folders.base, process, folders.files, mistakes)
  if (file) {
    if (file.content === undefined) return undefined
    const settings = substitute(file.content, variables, mistakes)
    const ignored = findIgnored(shortForms, variables)
    return { ...source, settings, folders: { ...folders, base: dirname(file.path) }, file: file.path, ignored }
  }

  const settings = readShortForms(shortForms, variables, mistakes)
  if (settings) {
    mistakes.names = { nameOf: (path) => nameVariable(shortForms, variables, path) }
    return { ...source, settings }
  }
  if (process.sandboxAllowed) return sandbox

  mistakes.add(
    [],
    `nothing is configured; expected a file named by CERTGRAPH_CONFIG, or ${resolve(folders.base, defaultFiles[0])} (the sandbox starts only with a loopback HOST and NODE_ENV other than production)`,
  )
  return { ...source, settings: {} }
}
