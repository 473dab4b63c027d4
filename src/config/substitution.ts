import { isObject } from '../is-object.ts'
import type { Mistakes, SettingPath } from './mistakes.ts'

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g
/** A shell's reference to a variable, which is a mistake here. No valid value looks like it. */
const withoutBraces = /^\$[A-Z_][A-Z0-9_]*$/

function substituteText(text: string, env: Environment, addMistake: (text: string) => void): string {
  if (withoutBraces.test(text)) addMistake('the name of a variable without braces; expected braces around it')
  return text.replace(reference, (matched: string, name: string | undefined) => {
    if (name === undefined) {
      addMistake(`has "\${" without the name of a variable and a closing "}"; expected both`)
      return matched
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value) return value
    addMistake(`the environment variable ${name} is ${value === '' ? 'empty' : 'missing'}; expected a value`)
    return matched
  })
}

/**
 * Substitutes every `${NAME}` in the strings of a parsed file. The values are not parsed or substituted again, so a
 * variable can add neither structure nor another reference.
 */
export function substitute(value: unknown, env: Environment, mistakes: Mistakes, path: SettingPath = []): unknown {
  if (typeof value === 'string') return substituteText(value, env, (text) => mistakes.add(path, text))
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, env, mistakes, [...path, index]))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, substitute(item, env, mistakes, [...path, key])]))
}
