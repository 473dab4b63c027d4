import { type DestinationStream, type Logger, pino } from 'pino'
import { createRedactor, type Redact } from './upstream/redact.ts'

/** Where a secret stands that nobody has configured: what a caller presents. */
const paths = ['authorization', 'headers.authorization', 'req.headers.authorization', 'request.headers.authorization']

/** A log of JSON lines in which no secret stands, whoever put it there. */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = createRedactor(secrets)
  const hooks = { streamWrite: (line: string) => redactLine(line, redact) }
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' }, hooks }, destination)
}

/** Text by text, names of fields included: a secret is spelled otherwise in JSON, and JSON it stays. */
function redactLine(line: string, redact: Redact): string {
  try {
    return `${JSON.stringify(redactTexts(JSON.parse(line), redact))}\n`
  } catch {
    return redact(line)
  }
}

function redactTexts(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactTexts(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactTexts(item, redact)]))
}
