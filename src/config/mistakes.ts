import type { z } from 'zod'

/** The path of a setting in the configuration: keys and indexes from the top. */
export type SettingPath = readonly PropertyKey[]

// A key with digits is not printed: it may be a secret in the wrong place. The only key with digits is sha256.
const printable = (key: string) => (/^([A-Za-z_-]{1,32}|sha256)$/.test(key) ? key : '(name not shown)')

/** Formats a path such as `server.cors.origins[0]`. */
export const pathText = (path: SettingPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return `${text}${text === '' ? '' : '.'}${printable(String(step))}`
  }, '') || 'configuration'

/** An invalid configuration with all its mistakes, each as `path: what was wrong; what would be right`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** Collects mistakes while parsing continues. Keeps the first one of each path: later ones follow from it. */
export class Mistakes {
  readonly #texts = new Map<string, string>()

  add(at: string, text: string): void {
    if (!this.#texts.has(at)) this.#texts.set(at, text)
  }

  /** Parses a value; undefined, with the mistakes collected, when it is invalid. */
  read<T>(schema: z.ZodType<T>, value: unknown, at: SettingPath, nameOf = pathText): T | undefined {
    const { data, error } = schema.safeParse(value)
    for (const { path, message } of error?.issues ?? []) this.add(nameOf([...at, ...path]), message)
    return data
  }

  get list(): string[] {
    return [...this.#texts].map(([at, text]) => `${at}: ${text}`)
  }
}

/** Runs a parser to its end, then throws all mistakes as one ConfigError. */
export function withoutMistakes<T>(parse: (mistakes: Mistakes) => T | undefined): T {
  const mistakes = new Mistakes()
  const value = parse(mistakes)
  if (value === undefined || mistakes.list.length > 0) throw new ConfigError(mistakes.list)
  return value
}
