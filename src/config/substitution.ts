import { isObject } from '../is-object.ts'
import { type Mistakes, pathText, type SettingPath } from './mistakes.ts'

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g
/** As a shell takes it, and as nothing else in a configuration looks. */
const unbraced = /^\$[A-Z_][A-Z0-9_]*$/

function substituteText(text: string, env: Environment, mistake: (text: string) => void): string {
  if (unbraced.test(text)) mistake('the name of a variable after a mere "$"; expected braces around it')
  return text.replace(reference, (written: string, name: string | undefined) => {
    if (name === undefined) {
      mistake(`holds "\${" without the name of a variable and "}" after it; expected both`)
      return written
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value) return value
    mistake(`the environment variable ${name} is ${value === '' ? 'empty' : 'missing'}; expected it to be set`)
    return written
  })
}

/**
 * Puts the environment's values in the place of every `${NAME}` in the strings of a parsed file. What is put in is
 * not looked at again: it can bring in neither structure nor another reference.
 */
export function substitute(value: unknown, env: Environment, mistakes: Mistakes, path: SettingPath = []): unknown {
  if (typeof value === 'string') return substituteText(value, env, (text) => mistakes.add(pathText(path), text))
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, env, mistakes, [...path, index]))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, substitute(item, env, mistakes, [...path, key])]))
}
