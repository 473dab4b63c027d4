import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'
import type { ShortForm } from './part.ts'
import type { Environment } from './substitution.ts'

/** The short forms by vendor. */
export type ShortForms = Readonly<Record<string, ShortForm>>

/** Returns the vendor's section; undefined when none of its variables is set. A variable that is empty is set. */
function readShortForm(shortForm: ShortForm, env: Environment, mistakes: Mistakes): unknown {
  const { required, optional, toPart } = shortForm
  const present = Object.keys({ ...required, ...optional }).filter((name) => env[name] !== undefined)
  if (present.length === 0) return undefined
  for (const name of Object.keys(required))
    if (!present.includes(name)) mistakes.add(name, `missing; expected together with ${present.join(', ')}`)
  return toPart(env)
}

/** Returns the sections of all vendors whose variables are set; undefined when there are none. */
export function readShortForms(shortForms: ShortForms, env: Environment, mistakes: Mistakes): unknown {
  const parts = Object.entries(shortForms).flatMap(([vendor, shortForm]) => {
    const part = readShortForm(shortForm, env, mistakes)
    return part === undefined ? [] : [[vendor, part]]
  })
  return parts.length === 0 ? undefined : Object.fromEntries(parts)
}

/** Names a setting by the variable that it comes from. */
export function nameVariable(shortForms: ShortForms, path: SettingPath): string {
  const [vendor, ...below] = path
  const { required, optional } = shortForms[String(vendor)] ?? {}
  const setting = pathText(below)
  const variables = Object.entries({ ...required, ...optional })
  const [variable] = variables.find(([, at]) => setting === at || setting.startsWith(`${at}[`)) ?? []
  return variable ?? pathText(path)
}
