import { type DestinationStream, type Logger, pino } from 'pino'
import { createRedactor, type Redact } from './upstream/redact.ts'

/** Fields that may contain the credential of a caller, which is not among the configured secrets. */
const credentialPaths = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'request.headers.authorization',
]

/** Creates a logger of JSON lines that redacts secrets. */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = createRedactor(secrets)
  const hooks = { streamWrite: (line: string) => redactLine(line, redact) }
  return pino({ level, base: null, redact: { paths: credentialPaths, censor: '[redacted]' }, hooks }, destination)
}

/** Redacts the strings of a line and not its JSON: JSON escapes some characters of a secret. */
function redactLine(line: string, redact: Redact): string {
  try {
    return `${JSON.stringify(redactStrings(JSON.parse(line), redact))}\n`
  } catch {
    return redact(line)
  }
}

function redactStrings(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactStrings(item, redact)]))
}
