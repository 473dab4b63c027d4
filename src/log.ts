import { type DestinationStream, type Logger, pino } from 'pino'
import { createRedactor } from './upstream/redact.ts'

/** A log of JSON lines in which no secret stands, whoever put it there. */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = createRedactor(secrets)
  return pino({ level, base: null, hooks: { streamWrite: (line) => redact(line) } }, destination)
}
