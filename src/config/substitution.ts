import { isObject } from '../is-object.ts'
import type { Mistakes, SettingPath } from './mistakes.ts'
import type { Variables, VariableValue } from './variables.ts'

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g
/** A shell's reference to a variable, which is a mistake here. No valid value looks like it. */
const withoutBraces = /^\$[A-Z_][A-Z0-9_]*$/

function substituteText(text: string, variables: Variables, addMistake: (text: string) => void): string {
  if (withoutBraces.test(text)) addMistake('the name of a variable without braces; expected braces around it')
  return text.replace(reference, (matched: string, name: string | undefined) => {
    if (name === undefined) {
      addMistake(`has "\${" without the name of a variable and a closing "}"; expected both`)
      return matched
    }
    const found = variables.find(name)
    if (found && 'value' in found && found.value !== '') return found.value
    addMistake(`the environment variable ${variables.nameOf(name)} ${explain(found)}`)
    return matched
  })
}

function explain(found: VariableValue | undefined): string {
  if (found === undefined) return 'is missing; expected a value'
  return 'problem' in found ? `has a mistake: ${found.problem}` : 'is empty; expected a value'
}

/**
 * Substitutes every `${NAME}` in the strings of a parsed file. The values are not parsed or substituted again, so a
 * variable can add neither structure nor another reference.
 */
export function substitute(value: unknown, variables: Variables, mistakes: Mistakes, path: SettingPath = []): unknown {
  if (typeof value === 'string') return substituteText(value, variables, (text) => mistakes.add(path, text))
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, variables, mistakes, [...path, index]))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, substitute(item, variables, mistakes, [...path, key])]))
}
