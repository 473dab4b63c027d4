import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { isThere, readSettings } from './file.ts'
import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import type { ProcessSettings } from './process.ts'
import { nameVariable, readShortForms, type ShortForms } from './short-form.ts'
import { type Environment, substitute } from './substitution.ts'

const defaultFile = 'certgraph.config.yaml'

/** Where the settings come from: a file, variables, or emulators that have yet to start. */
export interface SettingsSource {
  readonly mode: 'live' | 'sandbox'
  /** In the form of the file, its variables replaced. Undefined as long as the emulators have not said theirs. */
  readonly settings: unknown
  readonly folders: ConfigFolders
  nameOf(path: SettingPath): string
}

/** What `~` stands for. */
export const homeOf = ({ HOME }: Environment): string => HOME || homedir()

/** The one source that counts, or undefined with the mistakes told when its file cannot be read. */
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
  if (configFile !== undefined || isThere(file)) {
    const written = readSettings(file, configFile === undefined ? defaultFile : 'CERTGRAPH_CONFIG', mistakes)
    if (written === undefined) return undefined
    const settings = substitute(written, env, mistakes)
    return { mode: 'live', settings, folders: { ...folders, base: dirname(file) }, nameOf: pathText }
  }

  const settings = readShortForms(shortForms, env, mistakes)
  if (settings) return { mode: 'live', settings, folders, nameOf: (path) => nameVariable(shortForms, path) }
  if (sandboxAllowed) return sandbox

  mistakes.add(
    pathText([]),
    `nothing is configured; expected a file named by CERTGRAPH_CONFIG, or ${file} (the sandbox starts on a loopback HOST outside production only)`,
  )
  return { mode: 'live', settings: {}, folders, nameOf: pathText }
}
