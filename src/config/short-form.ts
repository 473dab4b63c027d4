import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'
import type { ShortForm } from './part.ts'
import type { Variables } from './variables.ts'

/** The short forms by vendor. */
export type ShortForms = Readonly<Record<string, ShortForm>>

/** Returns the vendor's section; undefined when none of its variables is set. A variable that is empty is set. */
function readShortForm(shortForm: ShortForm, variables: Variables, mistakes: Mistakes): unknown {
  const { required, toPart } = shortForm
  const present = namesOf(shortForm).filter((name) => variables.isSet(name))
  if (present.length === 0) return undefined
  for (const name of Object.keys(required))
    if (!present.includes(name))
      mistakes.add(name, `missing; expected together with ${present.map((each) => variables.nameOf(each)).join(', ')}`)
  const values = present.map((name) => {
    const found = variables.find(name)
    if (found && 'problem' in found) mistakes.add(variables.nameOf(name), found.problem)
    return [name, found && 'value' in found ? found.value : undefined]
  })
  return toPart(Object.fromEntries(values))
}

/** Returns the sections of all vendors whose variables are set; undefined when there are none. */
export function readShortForms(shortForms: ShortForms, variables: Variables, mistakes: Mistakes): unknown {
  const parts = Object.entries(shortForms).flatMap(([vendor, shortForm]) => {
    const part = readShortForm(shortForm, variables, mistakes)
    return part === undefined ? [] : [[vendor, part]]
  })
  return parts.length === 0 ? undefined : Object.fromEntries(parts)
}

/** The variables that are set and not used, because there is a file. */
export function findIgnored(shortForms: ShortForms, variables: Variables): readonly string[] {
  return Object.values(shortForms)
    .flatMap(namesOf)
    .filter((name) => variables.isSet(name) && !variables.isUsed(name))
    .map((name) => variables.nameOf(name))
}

function namesOf({ required, optional }: ShortForm): readonly string[] {
  return Object.keys({ ...required, ...optional })
}

/** Names a setting by the variable that it comes from. */
export function nameVariable(shortForms: ShortForms, variables: Variables, path: SettingPath): string {
  const [vendor, ...below] = path
  const { required, optional } = shortForms[String(vendor)] ?? {}
  const setting = pathText(below)
  const settings = Object.entries({ ...required, ...optional })
  const [variable, at = ''] = settings.find(([, name]) => setting === name || setting.startsWith(`${name}[`)) ?? []
  if (variable === undefined) return pathText(path)
  const found = variables.find(variable)
  const hasEntries = found && 'value' in found && found.value.includes(',')
  return variables.nameOf(variable) + (hasEntries ? setting.slice(at.length) : '')
}
