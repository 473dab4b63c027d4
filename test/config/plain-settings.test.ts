import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseDocument } from 'yaml'
import { readPlainSettings } from '../../src/config/plain-settings.ts'

const example = readFileSync(new URL('../../certgraph.config.example.yaml', import.meta.url), 'utf8')

/** What the package reads, or the code of its first error. JSON keeps the order of keys. */
function parseWhole(text: string): string {
  const document = parseDocument(text, { stringKeys: true, logLevel: 'silent' })
  const [mistake] = [...document.errors, ...document.warnings]
  return mistake ? mistake.code : JSON.stringify(document.toJS())
}

const texts = [
  ...['a', 'A b', 'a - b', 'a (b), c', 'a:b', 'a@b=', `"a: # b"`, `'a, [b]'`, `""`, `"it's"`, '"é\u00A0\u2028"'],
  ...[
    `\${A}`,
    `\${A}/b`,
    `x\${A}`,
    `"\${A}"`,
    '~/a',
    './a',
    '/',
    'https://a.example:1/b',
    '1-A:1-B',
    '2024-01-01T10:00',
  ],
  ...['14d', '100kB', '3f0c', '1_000', '1:30', '0b1', 'yes', 'off', 'y', '0', '7', '123456789012345', 'true', 'null'],
]

/** What only the package reads, as it is valid otherwise or not at all. */
const otherTexts = [
  ...['', '01', '-1', '+1', '1.5', '1.', '10.0.0.1', '1e3', '5e3', '0x1f', '0o7', '1234567890123456', '.inf', '.nan'],
  ...[
    '~',
    'True',
    'NULL',
    '*a',
    '&a b',
    '!a b',
    '|',
    '>',
    '%a',
    '@a',
    '`a`',
    '?',
    '- a',
    'a: b',
    'a:',
    'a#b',
    'é',
    '"a\\n"',
  ],
  ...["'it''s'", '"a', "'a", '"a" b', '[a', '{a', 'a]', '[a]]', '[a,]', '[,]', '{ a }', '{ a:b }', '{ a: b, a: c }'],
  ...[`[\${A}]`, `{ a: \${A} }`, '{ : a }', '{ ? a : b }', '[a: b]', '[*a]', '[a #b]', '"a"#b', '{ __proto__: a }'],
]

describe('a file in the plain form', () => {
  it('is read as the package reads it', () => {
    for (const text of [
      example,
      ...texts.map((each) => `a: ${each}`),
      ...texts.map((each) => `- ${each}  # ${each}`),
      'a:\n- b\n-   c: 1\n    d:\n    - e\nf: { g: [], h: [1, { "i":"j" }], k: {} }',
      '# a\n\na:   # b\n   # c\n # d\n      b: 1\n   \n      c: 2\nd: e\n',
      'a: { "a": ["b", 1, true, null], "c":{"d": "e"} }',
      'constructor: a\ntoString: b\ntrue: c\nnull: d\n',
    ]) {
      expect([text, typeof readPlainSettings(text)]).toEqual([text, 'object'])
      expect([text, JSON.stringify(readPlainSettings(text))]).toEqual([text, parseWhole(text)])
    }
  })

  it.each(otherTexts)('has no value %j', (text) => {
    expect(readPlainSettings(`a: ${text}`)).toBeUndefined()
    expect(readPlainSettings(`- ${text}`)).not.toEqual([text])
  })

  it.each([
    ...['', '\n', '# a', 'a', '7', '"a": b', 'é: a', '1a: b', '<<: a', '__proto__: a', 'a : b', 'a:b', '{ a: b }'],
    ...['a: b\na: c', 'a:\nb: c', 'a: b\n c: d', 'a: b\n  c', 'a:\n  b: c\n d: e', 'a:\n  - b\n c: d', '- a\n  - b'],
    ...['a: b\n- c', '- a\nb: c', 'a:\n  b\nc: d', '-', '-a', '- - a', '- a:\n  b', 'a:\n b: c\n  d: e', ' a: b\nc: d'],
    ...[
      'a: b\n---\nc: d',
      '---\na: b',
      'a: b\n...',
      '%YAML 1.1\n---\na: b',
      '\uFEFFa: b',
      'a:\tb',
      '\ta: b',
      'a: b\r\nc: d',
    ],
    ...[
      'a: |\n  b',
      'a: "b\n  c"',
      'a: [b,\n  c]',
      'a: {\n  b: c }',
      '? a\n: b',
      'a: &b c\nd: *b',
      'a: !!str b',
      '&a b: c',
    ],
  ])('is not %j', (text) => {
    expect(readPlainSettings(text)).toBeUndefined()
  })

  it('has few levels', () => {
    const levels = (count: number) =>
      `${Array.from({ length: count }, (_, level) => `${' '.repeat(level)}a:\n`).join('')}${' '.repeat(count)}a: b`
    expect(readPlainSettings(levels(20))).toEqual(expect.anything())
    for (const text of [levels(40), levels(2000), `a: ${'['.repeat(10_000)}`, `a: ${'{ a: '.repeat(10_000)}`])
      expect(readPlainSettings(text)).toBeUndefined()
  })

  it('is read as the package reads it, or left to the package, whatever changes', () => {
    const pieces = [
      'a: b',
      '\n',
      '\n  ',
      ' ',
      '  ',
      '- ',
      ':',
      ': ',
      '#',
      ' # ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      ',',
      ', ',
      '1',
      '.',
    ]
    const sections = example.split(/\n(?=\w)/)
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((seed / 2 ** 31) * below)
    }
    let read = 0
    for (let round = 0; round < 1000; round++) {
      const section = sections[random(sections.length)] ?? ''
      const at = random(section.length)
      const text = section.slice(0, at) + (pieces[random(pieces.length)] ?? '') + section.slice(at + random(3))
      const settings = readPlainSettings(text)
      if (settings === undefined) continue
      read += 1
      expect([text, JSON.stringify(settings)]).toEqual([text, parseWhole(text)])
    }
    expect(read).toBeGreaterThan(300)
  })
})
