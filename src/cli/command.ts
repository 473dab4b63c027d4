import type { Clock } from '../upstream/clock.ts'

/** What a command gets from the process. */
export interface CommandEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The working directory. */
  readonly cwd: string
  readonly clock: Clock
  /** Results are written here. */
  readonly stdout: ResultOutput
  /** Errors and warnings are written here. */
  readonly stderr: Output
}

interface Output {
  write(text: string): unknown
}

/** Where the result of a command is written. */
export interface ResultOutput extends Output {
  /** Writes the parts, each after its reader has taken the one before. Ends early when no more can be written. */
  writeAll(parts: AsyncIterable<string>): Promise<void>
  /**
   * Waits until everything is written. Returns why it could not be; null when it was, or when its reader needs no more.
   */
  end(): Promise<string | null>
}

/** An option such as `--warning 30d`. Without `value` it takes none. */
export interface CommandOption {
  /** What its value is, as the help names it. */
  readonly value?: string
  /** Whether it may be given several times. */
  readonly isList?: boolean
  readonly description: string
}

/** The words of a command line after the name of the command. */
export interface Arguments {
  /** The values of the options that take one, by name. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** The options that take no value. */
  readonly flags: ReadonlySet<string>
  /** The argument without an option. */
  readonly operand: string | undefined
}

/** Runs a command. Returns the exit code. @throws UsageError, ConfigError */
export type RunCommand = (given: Arguments, environment: CommandEnvironment) => Promise<number>

/** Why a command could not begin. */
export interface CommandFailure {
  /** On one line. */
  readonly line: string
  /** Each mistake. */
  readonly reasons: readonly string[]
  /** The value of `--format`, which may be unknown; undefined when it is not given. */
  readonly format: string | undefined
  /** Wall-clock time. */
  readonly now: number
}

/** A command of the command line, without the code that runs it. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** The name of an argument without an option, which can be omitted. */
  readonly operand?: string
  readonly options: Readonly<Record<string, CommandOption>>
  /** Further paragraphs of its help. */
  readonly notes?: readonly string[]
  readonly examples: readonly string[]
  /** The exit code for invalid arguments, an invalid configuration and unexpected errors. Default: 1. */
  readonly failureCode?: number
  /** Imports the code that describes such an end on standard output, for programs that read it. */
  loadFailure?(): Promise<(failure: CommandFailure) => string>
  /** Imports the code, so that a command pays only for itself. */
  load(): Promise<RunCommand>
}

/** The last value of an option; undefined when it is not given. */
export const optionValue = ({ values }: Arguments, name: string): string | undefined => values.get(name)?.at(-1)
