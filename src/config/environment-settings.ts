import { isObject } from '../is-object.ts'
import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'
import type { Variables } from './variables.ts'

interface EnvironmentSetting {
  readonly variable: string
  readonly path: readonly string[]
  toValue(text: string): unknown
}

const toList = (text: string) => text.split(',').map((entry) => entry.trim())

/** Settings that the environment gives where the file does not have them. */
const environmentSettings: readonly EnvironmentSetting[] = [
  { variable: 'CERTGRAPH_ACCESS', path: ['access'], toValue: (text) => text },
  { variable: 'CERTGRAPH_API_KEY_SHA256', path: ['access'], toValue: toApiKeys },
  { variable: 'CERTGRAPH_HOSTS', path: ['server', 'hosts'], toValue: toList },
  { variable: 'CERTGRAPH_CORS_ORIGINS', path: ['server', 'cors', 'origins'], toValue: toList },
]

/** The place of an entry in a variable with several entries, such as `[1]`. */
function entryOf(path: SettingPath, value: string): string {
  const index = path.find((step) => typeof step === 'number')
  return index === undefined || !value.includes(',') ? '' : `[${String(index)}]`
}

interface Completed {
  readonly settings: Readonly<Record<string, unknown>>
  /** The variables that are set and not used, because the file has the setting. */
  readonly ignored: readonly string[]
  /** The variable that gives the setting; undefined when the file does. */
  variableOf(path: SettingPath): string | undefined
}

/** The variable that can stand for the setting. */
export function variableFor(path: SettingPath): string | undefined {
  return environmentSettings.find((setting) => pathText(setting.path) === pathText(path))?.variable
}

/** Adds the settings of the environment. Mistakes in them name the variable. */
export function withEnvironmentSettings(
  file: Readonly<Record<string, unknown>>,
  variables: Variables,
  mistakes: Mistakes,
): Completed {
  let settings = file
  const added = new Map<string, { readonly name: string; readonly value: string }>()
  const ignored: string[] = []
  for (const { variable, path, toValue } of environmentSettings) {
    if (!variables.isSet(variable)) continue
    const name = variables.nameOf(variable)
    if (has(file, path)) {
      ignored.push(name)
      continue
    }
    const found = variables.find(variable)
    const other = added.get(pathText(path))
    if (found && 'problem' in found) mistakes.add(name, found.problem)
    else if (other !== undefined) mistakes.add(name, `set together with ${other.name}; expected one of them`)
    else if (variable === 'CERTGRAPH_ACCESS' && found?.value !== 'public')
      mistakes.add(name, `${found?.value === '' ? 'empty' : 'not valid'}; expected public, or no such variable`)
    else settings = withValue(settings, path, toValue(found?.value ?? ''))
    added.set(pathText(path), { name, value: found && 'value' in found ? found.value : '' })
  }
  const { names } = mistakes
  const variableOf = (path: SettingPath) => {
    const text = pathText(path)
    const [, variable] =
      [...added].find(([at]) => text === at || text.startsWith(`${at}.`) || text.startsWith(`${at}[`)) ?? []
    return variable && variable.name + entryOf(path, variable.value)
  }
  mistakes.names = {
    nameOf: (path) => variableOf(path) ?? names.nameOf(path),
    positionOf: (path, part) => (variableOf(path) === undefined ? names.positionOf?.(path, part) : undefined),
  }
  return { settings, ignored, variableOf }
}

/** Several keys are separated by commas, so that one can be replaced by another without a time in which neither is valid. */
function toApiKeys(text: string): unknown {
  const digests = toList(text)
  const nameOf = (index: number) => (digests.length === 1 ? 'environment' : `environment-${index + 1}`)
  return { apiKeys: digests.map((sha256, index) => ({ name: nameOf(index), sha256 })) }
}

/** Whether the file has the setting, or something else in its place. */
function has(settings: unknown, [key, ...below]: readonly string[]): boolean {
  if (key === undefined || !isObject(settings)) return settings !== undefined
  return has(settings[key], below)
}

function withValue(
  settings: Readonly<Record<string, unknown>>,
  [key = '', ...below]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const inner = settings[key]
  return { ...settings, [key]: below.length === 0 ? value : withValue(isObject(inner) ? inner : {}, below, value) }
}
