import { describe, expect, it } from '@jest/globals'
import { createLog } from '../src/log.ts'

const secret = 'sk-"quoted\\"-secret'

/** The only line of the log. */
function lineOf(
  write: (log: ReturnType<typeof createLog>) => void,
  secrets: readonly string[] = [secret],
): Record<string, unknown> {
  const lines: string[] = []
  write(createLog({ level: 'info', secrets }, { write: (line) => lines.push(line) }))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/\}\n$/)
  return JSON.parse(lines[0] ?? '')
}

describe('a line of the log', () => {
  it('contains no secret and is otherwise unchanged', () => {
    const body = JSON.stringify({ said: `not with ${secret}` })
    const line = lineOf((log) => log.warn({ count: 7, ok: false, none: null, list: [secret], body }, `with ${secret}!`))
    expect(line).toMatchObject({
      level: 'warn',
      count: 7,
      ok: false,
      none: null,
      list: ['[redacted]'],
      body: '{"said":"not with [redacted]"}',
      msg: 'with [redacted]!',
    })
  })

  it('contains no secret in the name of a field', () => {
    const line = lineOf((log) => log.info({ [secret]: 1, nested: [{ [`of ${secret}`]: 2 }], kept: 3 }, 'named'))
    expect(line).toMatchObject({ '[redacted]': 1, nested: [{ 'of [redacted]': 2 }], kept: 3 })
    expect(Object.values(line)).toHaveLength(6)
  })

  it('keeps the names of its own fields when a secret is very short', () => {
    const line = lineOf((log) => log.info({ requestId: 'e', nested: { level: 1 } }, 'me'), ['e', 'msg', 'level', '"'])
    expect(line).toMatchObject({ level: 'info', requestId: '[redacted]', nested: { level: 1 }, msg: 'm[redacted]' })
  })

  it('contains no secret in place of its level and time', () => {
    const line = lineOf((log) => log.info({ time: secret, level: secret }, 'own'))
    expect(line).toMatchObject({ level: '[redacted]', time: '[redacted]', msg: 'own' })
  })

  it('has no string of more than 10,000 characters', () => {
    const text = 'ab'.repeat(10_000)
    expect(lineOf((log) => log.info({ said: text }, text))).toMatchObject({
      said: `${text.slice(0, 10_000)}…`,
      msg: `${text.slice(0, 10_000)}…`,
    })
  })

  it('contains no part of a secret with a quote that follows PEM', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG'
    const line = lineOf((log) => log.info({ said: `${pem} and ${secret}, it said` }, 'half'))
    expect(line).toMatchObject({ said: '[PEM]' })
  })

  it('stays JSON when PEM is removed, and keeps the text around it', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG'
    const quoted = JSON.stringify({ error: `"${pem}" is no key` })
    const line = lineOf((log) => log.error({ err: new Error(quoted), requestId: '4f1c9a7e2b6d4e0f8a1b2c3d' }, pem))
    expect(line).toMatchObject({ msg: '[PEM]', requestId: '4f1c9a7e2b6d4e0f8a1b2c3d' })
    expect(JSON.stringify(line)).not.toContain('MIIB')
  })

  it('contains no credential of a caller', () => {
    const headers = { authorization: 'Bearer cg_unknown' }
    const line = lineOf((log) => log.info({ headers, req: { headers } }, 'asked'))
    expect(JSON.stringify(line)).not.toContain('cg_unknown')
  })
})
