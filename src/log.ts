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

/** Text by text: a secret is spelled otherwise in JSON, and JSON it stays. */
function redactLine(line: string, redact: Redact): string {
  try {
    const safe = JSON.stringify(JSON.parse(line), (_key, value) => (typeof value === 'string' ? redact(value) : value))
    return `${safe}\n`
  } catch {
    return redact(line)
  }
}
