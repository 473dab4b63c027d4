import { parseArgs } from 'node:util'
import { nearestWord } from '../nearest-word.ts'
import type { Arguments, Command } from './command.ts'
import { UsageError } from './usage-error.ts'

/** Longer words are not printed, and neither are API keys: the word may be a secret in the wrong place. */
const printable = (word: string) => (/^(?!-*cgf?_)[\w .:/@,=+-]{1,40}$/.test(word) ? word : '(not shown)')

/** Names an unknown word, and the known one that is similar to it. */
export function unknownText(kind: string, word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known)
  const text = `unknown ${kind} ${printable(word)}`
  return nearest === undefined ? text : `${text}, did you mean ${nearest}?`
}

/** The command line of a command, as its help shows it. */
export function synopsisOf({ name, operand }: Pick<Command, 'name' | 'operand'>): string {
  return `certgraph ${name}${operand === undefined ? '' : ` [${operand}]`}`
}

/** The options of the program itself. */
const programOptions = ['--help', '--version']

/**
 * Parses the words after the name of a command.
 * @param unnamed the commands that could have been named, when none was
 * @throws UsageError
 */
export function parseArguments(
  command: Command,
  words: readonly string[],
  unnamed: readonly Command[] | null = null,
): Arguments {
  const { options, operand } = command
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
    ),
    allowPositionals: true,
    // The messages below name the nearest option, and hide what may be a secret.
    strict: false,
    tokens: true,
  })
  const values = new Map<string, string[]>()
  const flags = new Set<string>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option || !rawName.startsWith('--'))
      throw new UsageError(unknownOption(command, rawName, unnamed ? programOptions : []))
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`--${name} has a value; expected --${name} alone`)
      flags.add(name)
    } else {
      // The next option is no value. One that begins with a hyphen is written after an equals sign.
      if (!value || (!inlineValue && value.startsWith('-')))
        throw new UsageError(`--${name} has no value; expected --${name} ${option.value}`)
      const others = values.get(name) ?? []
      if (others.length > 0 && !option.isList) throw new UsageError(`--${name} is given twice; expected it once`)
      values.set(name, [...others, value])
    }
  }
  const late = unnamed?.find(({ name }) => name.split(' ').every((word, index) => operands[index] === word))
  if (late) throw new UsageError(`options follow the command; expected certgraph ${late.name} [options]`)
  const extra = operands[operand === undefined ? 0 : 1]
  if (extra !== undefined) {
    const expected = Object.keys(options).length === 0 ? synopsisOf(command) : `${synopsisOf(command)} with its options`
    throw new UsageError(`unexpected argument ${printable(extra)}; expected ${expected}`)
  }
  return { values, flags, operand: operands[0] }
}

function unknownOption({ name, options }: Command, rawName: string, further: readonly string[]): string {
  if (further.includes(rawName)) return `${rawName} has other words beside it; expected certgraph ${rawName}`
  const known = [...Object.keys(options).map((each) => `--${each}`), ...further]
  const expected = known.length === 0 ? `no option of ${name}` : `one of ${known.join(', ')}`
  return `${unknownText('option', rawName, known)}; expected ${expected}`
}
