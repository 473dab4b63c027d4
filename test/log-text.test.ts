import { describe, expect, it } from '@jest/globals'
import type { Logger } from 'pino'
import { createLog } from '../src/log.ts'

const secret = 'sk-"quoted\\"-secret'

/** What is written for people. */
function textOf(write: (log: Logger) => void): string {
  let text = ''
  write(createLog({ level: 'trace', format: 'pretty', secrets: [secret] }, { write: (line) => (text += line) }))
  return text
}

describe('a line of the log for people', () => {
  it('has the time, the level, the message and the members of the event', () => {
    const line = textOf((log) =>
      log.info({ requestId: 'r1', cost: 12, codes: [], caller: 'the dashboard', none: null, ok: true }, 'operation'),
    )
    expect(line).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO {2}operation /)
    expect(line).toMatch(/ operation requestId=r1 cost=12 codes=\[\] caller="the dashboard" none=null ok=true\n$/)
  })

  it('has lists and objects without the quotes of JSON', () => {
    const stale = [{ provider: 'AKAMAI', place: 'K-2CB4PY1', code: 'UPSTREAM_UNAVAILABLE' }]
    expect(textOf((log) => log.warn({ stale }, 'operation'))).toContain(
      'WARN  operation stale=[{provider=AKAMAI place=K-2CB4PY1 code=UPSTREAM_UNAVAILABLE}]\n',
    )
  })

  it('is one line, with the stack of an error', () => {
    const error = Object.assign(new Error('first\nsecond'), { code: 'ECONNRESET' })
    const line = textOf((log) => log.error({ err: error, said: 'a\nb\u2028c\u001b[31m' }, 'broken\r\nlines'))
    expect(line.match(/[\p{Cc}\p{Zl}\p{Zp}]/gu)).toEqual(['\n'])
    expect(line).toContain(
      'ERROR broken\\u000d\\u000alines said="a\\nb\\u2028c\\u001b[31m" err=Error: first | second | at ',
    )
    expect(line).toContain('log-text.test.ts')
    expect(line).toContain('{code=ECONNRESET}')
  })

  it('contains no secret and no PEM', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG\n-----END PRIVATE KEY-----'
    const line = textOf((log) =>
      log.error(
        {
          said: [secret],
          [secret]: 1,
          err: new Error(`${secret} ${pem}`),
          headers: { authorization: 'Bearer cg_key' },
        },
        `with ${secret}`,
      ),
    )
    for (const part of [secret, 'quoted', 'MIIB', 'cg_key']) expect(line).not.toContain(part)
    expect(line).toContain('with [redacted] said=["[redacted]"]')
  })

  it('is written for every level in use, one per event', () => {
    const text = textOf((log) => {
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level]('event')
    })
    expect(text.match(/[A-Z]+ +event/g)).toEqual([
      'TRACE event',
      'DEBUG event',
      'INFO  event',
      'WARN  event',
      'ERROR event',
      'FATAL event',
    ])
  })
})
