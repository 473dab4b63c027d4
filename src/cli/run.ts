import { parseArguments, unknownText } from './arguments.ts'
import type { Arguments, Command, CommandEnvironment } from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, groupHelp } from './help.ts'
import { UsageError } from './usage-error.ts'

/** Runs the command that the words name. Returns its exit code. */
export async function runCommandLine(words: readonly string[], environment: CommandEnvironment): Promise<number> {
  const { code, failureCode = 1 } = await run(words, environment)
  const lost = await environment.stdout.end()
  if (lost === null) return code
  environment.stderr.write(`certgraph: standard output is not complete: ${lost}\n`)
  return code === 0 ? failureCode : code
}

async function run(
  words: readonly string[],
  environment: CommandEnvironment,
): Promise<{ readonly code: number; readonly failureCode?: number | undefined }> {
  const [first] = words
  const { stdout, stderr } = environment
  let command: Command | undefined
  let given: Arguments | undefined
  try {
    if (words.length === 1 && (first === '--help' || first === '-h' || first === 'help')) {
      const [{ usage }, { version }] = await Promise.all([import('./usage.ts'), import('../version.ts')])
      stdout.write(usage(version, commands))
      return { code: 0 }
    }
    if (first === '--version' && words.length === 1) {
      stdout.write(`${(await import('../version.ts')).version}\n`)
      return { code: 0 }
    }
    const named = first === 'help' ? words.slice(1) : words
    const [word = '', next = '--help'] = named
    const group = groupOf(word)
    // The word alone is a mistake.
    if (group.length > 0 && isHelpAsked([next]) && words.length > 1) {
      stdout.write(groupHelp(word, group))
      return { code: 0 }
    }
    command = findCommand(named)
    const nameWords = countNameWords(command, named)
    const rest = named.slice(nameWords)
    if (first === 'help' || isHelpAsked(rest)) {
      stdout.write(commandHelp(command))
      return { code: 0 }
    }
    given = parseArguments(command, rest, nameWords === 0 ? commands : null)
    const code = await (await command.load())(given, environment)
    return { code, failureCode: command.failureCode }
  } catch (error) {
    const { explain, reasonsOf } = await import('./explain.ts')
    const reason = explain(error, command?.name, given)
    stderr.write(`${reason}\n`)
    const describe = await command?.loadFailure?.()
    if (describe) {
      const reasons = reasonsOf(error, given)
      const now = environment.clock.now()
      stdout.write(describe({ line: toSingleLine(reason), reasons, format: givenFormat(words), now }))
    }
    return { code: command?.failureCode ?? 1 }
  }
}

/** A word before `--` that asks for help. */
function isHelpAsked(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

const namesOf = ({ name }: Command): readonly string[] => name.split(' ')

/** The commands of two words that begin with this one. */
const groupOf = (word: string): readonly Command[] =>
  commands.filter((command) => namesOf(command).length > 1 && namesOf(command)[0] === word)

function countNameWords(command: Command, words: readonly string[]): number {
  const names = namesOf(command)
  return names.every((name, index) => words[index] === name) ? names.length : 0
}

/** The command that the words begin with; the first one when they begin with an option. @throws UsageError */
function findCommand(words: readonly string[]): Command {
  const [first] = words
  if (first === undefined || first.startsWith('-')) return commands[0]
  const named = commands.find((command) => countNameWords(command, words) > 0)
  if (named) return named
  const group = groupOf(first)
  const names = (group.length > 0 ? group : commands).map(({ name }) => name)
  const further = group.length > 0 ? '' : ', --help, --version'
  const word = group.length > 0 && words[1] !== undefined ? `${first} ${words[1]}` : first
  if (group.length > 0 && words[1] === undefined)
    throw new UsageError(`${first} is no complete command; expected ${names.join(' or ')}`)
  throw new UsageError(`${unknownText('command', word, names)}; expected one of ${names.join(', ')}${further}`)
}

/** The value of `--format`, also where the other words are wrong. */
function givenFormat(words: readonly string[]): string | undefined {
  const option = '--format'
  const index = words.findLastIndex((word) => word === option || word.startsWith(`${option}=`))
  const word = words[index]
  return word === option ? words[index + 1] : word?.slice(option.length + 1)
}

function toSingleLine(reason: string): string {
  const [first = '', next = ''] = reason.split('\n')
  return `${first}${first.endsWith(':') ? next.replace(/^ +/, ' ') : ''}`
}
