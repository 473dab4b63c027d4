import { describe, expect, it } from '@jest/globals'
import { createCurrentRedactor, createRedactor, KnownSecrets } from '../../src/upstream/redact.ts'

const maxLength = 10_000
const redact = (text: string, secrets: readonly string[]) => createRedactor(secrets)(text, maxLength)

describe('a text that quotes secrets', () => {
  it('loses each of them at any position', () => {
    expect(redact('key k-1 and token t-2, again k-1', ['k-1', 't-2'])).toBe(
      'key [redacted] and token [redacted], again [redacted]',
    )
  })

  it('loses keys and tokens that this program has created, also when they were cut off', () => {
    for (const prefix of ['cg_', 'cgf_']) {
      const key = `${prefix}${'aB3_-'.repeat(9).slice(0, 43)}`
      expect(redact(`at /expirations.ics?token=${key}&x=1`, [])).toBe('at /expirations.ics?token=[redacted]&x=1')
      expect(redact(`${key.slice(0, 40)}…`, ['other'])).toBe('[redacted]…')
      expect(createRedactor([])(`${'x'.repeat(10)}${key}`, 20)).toBe(`${'x'.repeat(10)}[redacted]…`)
    }
    expect(redact('cg_dashboard and cgf_calendar', [])).toBe('cg_dashboard and cgf_calendar')
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
    expect(createRedactor(['client-7'])('client-7.f00d', maxLength, ['client-7.f00d'])).toBe('[redacted]')
    expect(createRedactor(['client-7.f00d'])('client-7.f00d', maxLength, ['client-7'])).toBe('[redacted]')
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

/** A line of base64 that no key begins with. */
const line = 'c2VjcmV0/'.repeat(7)
/** An EC key in PKCS#8, without the lines of PEM. */
const key = `MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg${'A'.repeat(136)}`
const [beginA, endA] = ['-----BEGIN A-----', '-----END A-----']

describe('the passes that remove PEM, in their order', () => {
  it.each([
    ['keys without lines', `a ${key} b`, 'a [PEM] b'],
    ['keys before the lines of a block', `a ${beginA}\n${key}\n${endA} b`, 'a [PEM] b'],
    ['a block to its END line', `a ${beginA} b ${endA} c`, 'a [PEM] c'],
    ['a block to the END line of another label', `a ${beginA} b -----END B----- c`, 'a [PEM] c'],
    ['a block to the next quote', `"${beginA} b" c`, '"[PEM]" c'],
    ['a block to the quote before an END line', `"${beginA} b" c ${endA} d`, `"[PEM]" c ${endA} d`],
    ['a block to the end', `a ${beginA} b`, 'a [PEM]'],
    ['a block with further BEGIN lines', `a ${beginA} b ${beginA} c ${endA} d`, 'a [PEM] d'],
    ['each of several blocks', `${beginA} b ${endA} c ${beginA} d ${endA} e`, '[PEM] c [PEM] e'],
    ['no block whose label is too long', `-----BEGIN ${'A'.repeat(41)}----- b c d`, '-----BEGIN [PEM]----- b c d'],
    ['lines outside a block', `${line} b ${endA} c`, `[PEM] b ${endA} c`],
    ['lines after a block', `${beginA} b ${endA} c\n${line}`, '[PEM] c\n[PEM]'],
    ['short lines with padding', `YQ== b ${endA}`, `[PEM] b ${endA}`],
    ['short last lines', `a\nYWJj\n${endA}`, `a\n[PEM]\n${endA}`],
    ['nothing without a sign of PEM', `a ${line} b`, `a ${line} b`],
  ])('%s', (_, text, expected) => {
    expect(redact(text, [])).toBe(expected)
  })
})

describe('a text that is longer than the limit', () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${`${'MIIBVgIBADANBgkqhkiG9w0BAQEF'.repeat(3).slice(0, 64)}\n`.repeat(10)}-----END PRIVATE KEY-----`

  it('is cut and ends with …', () => {
    expect(createRedactor([])('a'.repeat(20), 10)).toBe(`${'a'.repeat(10)}…`)
    expect(createRedactor([])('a'.repeat(10), 10)).toBe('a'.repeat(10))
  })

  it('contains no half of a secret, wherever the limit is', () => {
    const secret = 'secret-0123456789'
    for (const text of [`with ${secret} and more`, `${`${secret} `.repeat(10)}`, `${secret}${secret}${secret}`]) {
      for (let limit = 0; limit <= text.length; limit++) {
        const safe = createRedactor([secret])(text, limit)
        expect(safe).not.toMatch(/secret|0123|6789/)
        expect(safe.length).toBeLessThanOrEqual(limit + 1)
      }
    }
  })

  it('contains no half of a newer secret', () => {
    const secret = `newer-${'0123456789'.repeat(100)}`
    for (const limit of [1, 10, 500, 1_000])
      expect(createRedactor(['a'])(secret, limit, [secret])).not.toMatch(/newer|0123/)
  })

  it('contains no half of a key, wherever the limit is', () => {
    const [lines] = [pem.split('\n').slice(1, -1)]
    const texts = [
      `found ${pem}, it said`,
      `found ${pem.slice(0, 300)}`,
      `found ${lines.join('\n')}\n-----END PRIVATE KEY-----`,
      `found ${lines.join('\n')}`,
      `${pem.slice(0, 40)}" and ${lines.join(' ')}`,
    ]
    for (const text of texts)
      for (let limit = 0; limit <= text.length; limit += 7)
        expect(createRedactor([])(text, limit)).not.toMatch(/MII|Vg|BADAN|qhki|AQEF/)
  })

  it('recognizes a key whose END line is far beyond the limit', () => {
    const text = `${'c2VjcmV0IGtleSBtYXRlcmlhbA\n'.repeat(200)}-----END PRIVATE KEY-----`
    expect(createRedactor([])(text, 100)).not.toContain('c2Vj')
  })

  it('keeps the rest of the text up to the limit of the original', () => {
    const safe = createRedactor(['secret-0123456789'])(`a secret-0123456789 b ${'c'.repeat(100)}`, 30)
    expect(safe).toBe('a [redacted] b cccccccc…')
  })
})

describe('the secrets of a process', () => {
  it('are those of all configurations that it has had', () => {
    const secrets = new KnownSecrets(['first'])
    const redact = createCurrentRedactor(secrets)
    expect(redact('first second', maxLength)).toBe('[redacted] second')
    secrets.add(['second'])
    expect(redact('first second', maxLength)).toBe('[redacted] [redacted]')
    expect(secrets.list).toEqual(['first', 'second'])
  })

  it('may be accepted by their length', () => {
    const redact = createCurrentRedactor(new KnownSecrets(['e', 'longer']), ({ length }) => length > 1)
    expect(redact('e longer', maxLength)).toBe('e [redacted]')
  })
})
