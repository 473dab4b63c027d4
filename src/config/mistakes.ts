import type { z } from 'zod'

/** The path of a setting in the configuration: keys and indexes from the top. */
export type SettingPath = readonly PropertyKey[]

/** Which part of a setting is wrong: the key that stands before the value, or the value. */
export type SettingPart = 'key' | 'value'

/** How mistakes name a setting, and where they find it. */
export interface SettingNames {
  nameOf(path: SettingPath): string
  /** The file, with line and column. */
  positionOf?(path: SettingPath, part: SettingPart): string | undefined
}

const hidden = '(name not shown)'

/** Whether a key may be printed. One with digits may be a secret in the wrong place. The only known key with digits is sha256. */
export const isPrintableKey = (key: string) => /^([A-Za-z_-]{1,32}|sha256)$/.test(key)

/** Formats a path such as `server.cors.origins[0]`. */
export const pathText = (path: SettingPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return `${text}${text === '' ? '' : '.'}${isPrintableKey(String(step)) ? String(step) : hidden}`
  }, '') || 'configuration'

/** An invalid configuration with all its mistakes, each as `position: path: what was wrong; what would be right`. */
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
  /** How settings are named. Set when it is known where they come from. */
  names: SettingNames = { nameOf: pathText }

  /** @param at the path of a setting, or the name of a variable or file */
  add(at: SettingPath | string, text: string, part: SettingPart = 'value'): void {
    const name = typeof at === 'string' ? at : this.names.nameOf(at)
    const key = typeof at === 'string' || !name.includes(hidden) ? name : JSON.stringify(at)
    if (!this.#texts.has(key)) this.#texts.set(key, `${this.locate(at, part)}: ${text}`)
  }

  /** Adds mistakes that have their position. */
  include(mistakes: readonly string[]): void {
    for (const mistake of mistakes) this.#texts.set(mistake, mistake)
  }

  /** The name of a setting, after its position. */
  locate(at: SettingPath | string, part: SettingPart = 'value'): string {
    if (typeof at === 'string') return at
    const position = this.names.positionOf?.(at, part)
    return position === undefined ? this.names.nameOf(at) : `${position}: ${this.names.nameOf(at)}`
  }

  /** Parses a value; undefined, with the mistakes collected, when it is invalid. */
  read<T>(schema: z.ZodType<T>, value: unknown, at: SettingPath | string): T | undefined {
    const { data, error } = schema.safeParse(value)
    for (const issue of error?.issues ?? []) {
      const isOfKey = issue.code === 'custom' && issue.params?.['part'] === 'key'
      this.add(typeof at === 'string' ? at : [...at, ...issue.path], issue.message, isOfKey ? 'key' : 'value')
    }
    return data
  }

  get list(): string[] {
    return [...this.#texts.values()]
  }
}

/** Runs a parser to its end, then throws all mistakes as one ConfigError. */
export function withoutMistakes<T>(parse: (mistakes: Mistakes) => T | undefined): T {
  const mistakes = new Mistakes()
  const value = parse(mistakes)
  if (value === undefined || mistakes.list.length > 0) throw new ConfigError(mistakes.list)
  return value
}
