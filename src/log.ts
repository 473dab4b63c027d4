import { type DestinationStream, type Logger, pino } from 'pino'
import { redact } from './upstream/redact.ts'

/** A log of JSON lines in which no secret stands, whoever put it there. */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  return pino({ level, base: null, hooks: { streamWrite: (line) => redact(line, secrets) } }, destination)
}
