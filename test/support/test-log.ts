import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** Creates a logger whose lines a test can read. */
export function createTestLog(level = 'trace'): { log: Logger; lines: readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { log: pino({ level }, destination), lines }
}
