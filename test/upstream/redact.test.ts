import { describe, expect, it } from '@jest/globals'
import { createRedactor } from '../../src/upstream/redact.ts'

const redact = (text: string, secrets: readonly string[]) => createRedactor(secrets)(text)

describe('a text that quotes secrets', () => {
  it('loses each of them at any position', () => {
    expect(redact('key k-1 and token t-2, again k-1', ['k-1', 't-2'])).toBe(
      'key [redacted] and token [redacted], again [redacted]',
    )
  })

  it('does not treat them as patterns', () => {
    expect(redact('a+b (c) $& \\d aab', ['a+b', '(c)', '$&', '\\d'])).toBe(
      '[redacted] [redacted] [redacted] [redacted] aab',
    )
  })

  it('loses the whole of a secret that begins with another', () => {
    expect(redact('client-7.f00d', ['client-7', 'client-7.f00d'])).toBe('[redacted]')
  })

  it('loses the whole of a newer secret that begins with another, and the other way round', () => {
    expect(createRedactor(['client-7'])('client-7.f00d', ['client-7.f00d'])).toBe('[redacted]')
    expect(createRedactor(['client-7.f00d'])('client-7.f00d', ['client-7'])).toBe('[redacted]')
  })

  it('loses a secret that is escaped in JSON', () => {
    const secret = 'a"b\\c'
    expect(redact(JSON.stringify({ said: secret }), [secret])).toBe('{"said":"[redacted]"}')
  })

  it('loses a secret that is encoded in a form', () => {
    const secret = 'a+b/c=~é'
    const form = new URLSearchParams({ client_secret: secret, grant_type: 'client_credentials' })
    expect(redact(`bad request: ${form}`, [secret])).toBe(
      'bad request: client_secret=[redacted]&grant_type=client_credentials',
    )
  })

  it('stays unchanged without secrets, and an empty secret is ignored', () => {
    expect(redact('nothing here', [])).toBe('nothing here')
    expect(redact('nothing here', [''])).toBe('nothing here')
  })

  it.each([
    ['complete', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'],
    ['in JSON', JSON.stringify('-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n')],
    ['truncated', '-----BEGIN CERTIFICATE-----\nMIIB'],
    ['truncated, in JSON', JSON.stringify({ said: '-----BEGIN CERTIFICATE-----\nMIIB', more: 1 })],
  ])('loses PEM: %s', (_, text) => {
    const safe = redact(`before ${text}`, [])
    expect(safe).toContain('before ')
    expect(safe).toContain('[PEM]')
    expect(safe).not.toContain('MIIB')
    if (text.startsWith('{')) expect(JSON.parse(safe.slice('before '.length))).toEqual({ said: '[PEM]', more: 1 })
  })

  const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']
  /** As long as lines of PEM. The last one may be shorter, usually with padding. */
  const lines = ['MIIB+/'.repeat(12).slice(0, 64), 'c2VjcmV0/'.repeat(8).slice(0, 64), 'bGFzdCBvZiBpdA==']

  it.each([
    ['between BEGIN and END', [begin, ...lines, end]],
    ['after BEGIN', [begin, ...lines]],
    ['before END', [...lines, end]],
    ['the last of them before END', [...lines.slice(-1), end]],
    ['before BEGIN and END', [...lines, begin, end]],
    ['after BEGIN and END', [begin, end, ...lines]],
  ])('loses the lines of a key: %s', (_, parts) => {
    const spellings = ['\n', '\r\n', '\n\n', ' ', ', ', '" "'].map((between) => parts.join(between))
    for (const text of [...spellings, ...spellings.map((each) => JSON.stringify(each)), JSON.stringify({ parts })]) {
      const safe = redact(`before ${text}`, [])
      expect(safe).toMatch(/^before .*\[PEM\]/s)
      for (const line of lines) expect(safe).not.toContain(line.slice(0, 8))
    }
  })

  it('loses a short last line without padding before END', () => {
    expect(redact(`${lines[0]}\r\nc2hvcnQ\r\n${end}`, [])).toBe(`[PEM]\r\n[PEM]\r\n${end}`)
  })

  it('loses the lines of a key without BEGIN and END, by how the first one starts', () => {
    const first = `MIIEvQIBADAN${'Bgkqhkig9w0B'.repeat(4)}`
    for (const between of ['\n', '\\n', '\\r\\n', ', '])
      expect(redact(`found ${['', first, ...lines.slice(1), ''].join(between)}.`, [])).not.toMatch(/MII|c2Vj|bGFz/)
  })

  it('keeps the words around a key, and the whole of a text without one', () => {
    expect(redact(`no file ends with ${end} today, says handler-7`, [])).toBe(
      `no file ends with ${end} today, says handler-7`,
    )
    const digest = `sha256 of ${lines.slice(1).join(' ')}`
    expect(redact(digest, [])).toBe(digest)
  })
})
