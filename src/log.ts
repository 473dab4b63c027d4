import { type DestinationStream, type Logger, pino } from 'pino'
import { toTextLine } from './log-text.ts'
import { toSourceLines } from './source-lines.ts'
import { createCurrentRedactor, KnownSecrets } from './upstream/redact.ts'

/** Fields that may contain the credential of a caller, which is not among the configured secrets. */
const credentialPaths = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'request.headers.authorization',
]

/** Longer strings of a line are cut. */
const maxLength = 10_000
/** A shorter secret, such as `e`, is part of the names that the log itself gives to its fields. */
const minSecretLengthInNames = 8

/** Names of fields whose redacted form is kept. */
const maxNames = 1_000
const maxNameLength = 100
const logLevels: ReadonlySet<unknown> = new Set(Object.keys(pino.levels.values))
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

interface Redactors {
  text(text: string): string
  name(name: string): string
}

interface LogOptions {
  readonly level: string
  /** JSON for programs, or text for people. Default: JSON. */
  readonly format?: 'json' | 'pretty'
  readonly secrets: readonly string[] | KnownSecrets
}

/** Creates a logger that writes one line per event and redacts secrets, whatever the format. */
export function createLog({ level, format = 'json', secrets }: LogOptions, destination: DestinationStream): Logger {
  const secretsKnown = secrets instanceof KnownSecrets ? secrets : new KnownSecrets(secrets)
  const inTexts = createCurrentRedactor(secretsKnown)
  const inNames = createCurrentRedactor(secretsKnown, ({ length }) => length >= minSecretLengthInNames)
  const names = new Map<string, string>()
  let { version } = secretsKnown
  const redact: Redactors = {
    text: (text) => inTexts(text, maxLength),
    name(name) {
      if (version !== secretsKnown.version) names.clear()
      version = secretsKnown.version
      const known = names.get(name)
      if (known !== undefined) return known
      const redacted = inNames(name, maxLength)
      // The same few names are in every line.
      if (names.size < maxNames && name.length <= maxNameLength) names.set(name, redacted)
      return redacted
    },
  }
  const print = format === 'pretty' ? toTextLine : JSON.stringify
  const hooks = { streamWrite: (line: string) => redactLine(line, redact, print) }
  const serializers = { err: serializeError }
  return pino(
    {
      level,
      base: null,
      // Words and ISO 8601, as people and log collectors read them.
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers,
      redact: { paths: credentialPaths, censor: '[redacted]' },
      hooks,
    },
    destination,
  )
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { stack, ...members } = pino.stdSerializers.err(error)
  return { ...members, ...(stack !== undefined && { stack: toSourceLines(stack) }) }
}

/** Redacts the strings of a line and not its JSON: JSON escapes some characters of a secret. */
function redactLine(line: string, redact: Redactors, print: (event: object) => string): string {
  try {
    return `${print(redactEvent(JSON.parse(line), redact))}\n`
  } catch {
    return redact.text(line)
  }
}

/** The level and the time are the log's own. */
function redactEvent({ level, time, ...members }: Readonly<Record<string, unknown>>, redact: Redactors): object {
  const own = logLevels.has(level) && isoTime.test(String(time))
  return own ? { level, time, ...redactMembers(members, redact) } : redactMembers({ level, time, ...members }, redact)
}

function redactStrings(value: unknown, redact: Redactors): unknown {
  if (typeof value === 'string') return redact.text(value)
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact))
  return typeof value === 'object' && value !== null ? redactMembers(value, redact) : value
}

function redactMembers(value: object, redact: Redactors): object {
  // Not an object literal: a member may be named __proto__.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact.name(key), redactStrings(item, redact)]))
}
