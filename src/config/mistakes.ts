import type { z } from 'zod'

/** Where a setting is in the file: keys and indexes from the top. */
export type SettingPath = readonly PropertyKey[]

// A secret that slipped into the place of a key nearly always holds digits; a key, even mistyped, does not, but for one.
const shown = (key: string) => (/^([A-Za-z_-]{1,32}|sha256)$/.test(key) ? key : '(name not shown)')

/** `akamai.accounts[0].contracts` */
export const pathText = (path: SettingPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return `${text}${text === '' ? '' : '.'}${shown(String(step))}`
  }, '') || 'configuration'

/** A configuration that cannot be used, with all that is wrong in it: `path: what was wrong; what would be right`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** Collects mistakes while reading goes on. The first one at a place stands: what follows there follows from it. */
export class Mistakes {
  readonly #texts = new Map<string, string>()

  add(at: string, text: string): void {
    if (!this.#texts.has(at)) this.#texts.set(at, text)
  }

  /** The value as the schema reads it, or undefined with the mistakes collected. */
  read<T>(schema: z.ZodType<T>, value: unknown, at: SettingPath, nameOf = pathText): T | undefined {
    const { data, error } = schema.safeParse(value)
    for (const { path, message } of error?.issues ?? []) this.add(nameOf([...at, ...path]), message)
    return data
  }

  get list(): string[] {
    return [...this.#texts].map(([at, text]) => `${at}: ${text}`)
  }
}

/** Reads to the end, then throws all mistakes as one error. */
export function withoutMistakes<T>(read: (mistakes: Mistakes) => T | undefined): T {
  const mistakes = new Mistakes()
  const value = read(mistakes)
  if (value === undefined || mistakes.list.length > 0) throw new ConfigError(mistakes.list)
  return value
}
