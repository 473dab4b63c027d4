import { resolve } from 'node:path'
import type { ReadFiles } from './read-files.ts'

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The value of a variable, or why it has none. */
export type VariableValue = { readonly value: string } | { readonly problem: string }

const suffix = '_FILE'

/**
 * Environment variables. In place of each variable NAME, `NAME_FILE` may name a file with the value: Docker and Kubernetes
 * mount secrets as files. Line breaks at the end of the file are not part of the value.
 */
export class Variables {
  readonly #env: Environment
  readonly #cwd: string
  readonly #files: ReadFiles
  readonly #used = new Map<string, VariableValue | undefined>()

  constructor(env: Environment, cwd: string, files: ReadFiles) {
    this.#env = env
    this.#cwd = cwd
    this.#files = files
  }

  /** Whether the variable or its file is set, also when it is empty. */
  isSet(name: string): boolean {
    return this.#get(name) !== undefined || this.#get(name + suffix) !== undefined
  }

  /** Whether the value was looked up. */
  isUsed(name: string): boolean {
    return this.#used.has(name)
  }

  /** The name that is set: NAME or `NAME_FILE`. */
  nameOf(name: string): string {
    return this.#get(name + suffix) === undefined ? name : name + suffix
  }

  /** Undefined when neither the variable nor its file is set. */
  find(name: string): VariableValue | undefined {
    if (!this.#used.has(name)) this.#used.set(name, this.#read(name))
    return this.#used.get(name)
  }

  #read(name: string): VariableValue | undefined {
    const value = this.#get(name)
    const path = this.#get(name + suffix)
    if (path === undefined) return value === undefined ? undefined : { value }
    if (value !== undefined) return { problem: `set together with ${name}; expected one of them` }
    if (path === '') return { problem: 'empty; expected the path of a file with the value' }
    let problem = ''
    const text = this.#files.readText(resolve(this.#cwd, path), (mistake) => {
      problem = mistake
    })
    return text === undefined ? { problem } : { value: withoutLineBreaks(text) }
  }

  #get(name: string): string | undefined {
    return Object.hasOwn(this.#env, name) ? this.#env[name] : undefined
  }
}

function withoutLineBreaks(text: string): string {
  let end = text.length
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end -= 1
  return text.slice(0, end)
}
