import { type DestinationStream, type Logger, pino } from 'pino'
import { createRedactor } from './upstream/redact.ts'

/** Where a secret stands that nobody has configured: what a caller presents. */
const paths = ['authorization', 'headers.authorization', 'req.headers.authorization', 'request.headers.authorization']

/** A log of JSON lines in which no secret stands, whoever put it there. */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = createRedactor(secrets)
  const hooks = { streamWrite: (line: string) => redact(line) }
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' }, hooks }, destination)
}
