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

/** The folder of `~`. */
export const homeOf = ({ HOME }: Environment): string => HOME || homedir()

/** Finds the source of the settings; undefined, with the mistakes reported, when its file cannot be read. */
export function findSource(
  shortForms: ShortForms,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
  { sandboxForced, sandboxAllowed, configFile }: ProcessSettings,
  mistakes: Mistakes,
): SettingsSource | undefined {
  const folders = { base: cwd, home: homeOf(env) }
  const sandbox: SettingsSource = { mode: 'sandbox', settings: undefined, folders, nameOf: pathText }
  if (sandboxForced) return sandbox

  const file = resolve(cwd, configFile ?? defaultFile)
  if (configFile !== undefined || pathExists(file)) {
    const content = readSettings(file, configFile === undefined ? defaultFile : 'CERTGRAPH_CONFIG', mistakes)
    if (content === undefined) return undefined
    const settings = substitute(content, env, mistakes)
    return { mode: 'live', settings, folders: { ...folders, base: dirname(file) }, nameOf: pathText }
  }

  const settings = readShortForms(shortForms, env, mistakes)
  if (settings) return { mode: 'live', settings, folders, nameOf: (path) => nameVariable(shortForms, path) }
  if (sandboxAllowed) return sandbox

  mistakes.add(
    pathText([]),
    `nothing is configured; expected a file named by CERTGRAPH_CONFIG, or ${file} (the sandbox starts only with a loopback HOST and NODE_ENV other than production)`,
  )
  return { mode: 'live', settings: {}, folders, nameOf: pathText }
}
