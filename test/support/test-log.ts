import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

const info = 30

/** Creates a logger whose lines a test can read: all of them, and those that are written by default. */
export function createTestLog(level = 'trace'): {
  log: Logger
  lines: readonly Record<string, unknown>[]
  all: readonly Record<string, unknown>[]
} {
  const lines: Record<string, unknown>[] = []
  const all: Record<string, unknown>[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      const line = JSON.parse(String(chunk))
      all.push(line)
      if (line.level >= info) lines.push(line)
      done()
    },
  })
  return { log: pino({ level }, destination), lines, all }
}
