import { describe, expect, it } from '@jest/globals'
import { load, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const literal = (text: string) => text.replaceAll(/[[\](){}*]/g, '\\$&')
const read = (text: string) => load({}, createFolder({ 'certgraph.config.yaml': text }))

const yaml = (adminKey: string) => `
openai:
  organizations:
    - id: org_acme
      adminKey: ${adminKey}
`

const keyIn = (config: ReturnType<typeof read>) => config.providers.openai?.config.organizations[0]?.adminKey

describe('a file', () => {
  it('is YAML or JSON, also with tabs', () => {
    expect(keyIn(read(yaml('sk-1')))).toBe('sk-1')
    const json = JSON.stringify({ openai: { organizations: [{ id: 'org_acme', adminKey: 'sk-2' }] } }, null, '\t')
    expect(keyIn(read(json))).toBe('sk-2')
    expect(keyIn(read(`\uFEFF${json}`))).toBe('sk-2')
  })

  it.each([
    ['openai:\n  organizations: [{ id: sk-secret', 'line 2, column'],
    ['openai: "sk-secret\n', 'line 1, column 9'],
    ['a: b: sk-secret', 'line 1, column 4'],
    ['\n\nsk-secret: 1\nsk-secret: 2', 'line 4, column 1'],
    ['a: 1\n--- sk-secret\nb: 2', 'line 2, column 1'],
    ['a: !sk-secret x', 'line 1, column 4'],
    ['{ "openai": { "adminKey": "sk-secret" "id": 1 } }', 'line 1, column'],
  ])('that is invalid is reported by line and column, without its content: %j', (text, position) => {
    const mistakes = mistakesOf(() => read(text))
    expect(mistakes).toContainEqual(
      expect.stringMatching(/certgraph\.config\.yaml, line .+: not valid YAML: [a-z].+; expected .+$/),
    )
    expect(mistakes[0]).toContain(position)
    expect(mistakes.join()).not.toContain('secret')
  })

  it.each([
    [
      'openai: *sk-secret',
      'line 1, column 9: not valid YAML: an alias (*) to an anchor that is not defined before it; expected quotes around a text that begins with *',
    ],
    [
      'openai: &sk-secret { organizations: *sk-secret }',
      'line 1, column 37: not valid YAML: an alias (*) inside the value that it refers to; expected it outside',
    ],
  ])('must not have an alias to an unknown anchor or to itself: %j', (text, mistake) => {
    expect(mistakesOf(() => read(text))).toEqual([`certgraph.config.yaml, ${mistake}`])
  })

  it.each([
    ['openai:\n    a: 1\n  b: 1', 'line 3, column 1', 'wrong indentation; expected the entries of a mapping'],
    ['openai:\n  - id: a\n   adminKey: x', 'line 3, column 1', 'wrong indentation, or a list entry without a dash'],
    ['openai:\n\ta: 1', 'line 2, column 1', 'a tab in the indentation; expected spaces'],
    ['openai: "x', 'line 1, column 9', 'a text in double quotes is not closed; expected " at its end'],
    ["a: 1\nb: 'x\nc: 1", 'line 2, column 4', "a text in single quotes is not closed; expected ' at its end"],
    ['a: 1\nb: 2\na: 3', 'line 3, column 1', 'the key a is there twice, first in line 1; expected it once'],
    ['s3cret: 1\ns3cret: 2', 'line 2, column 1', 'the key is there twice, first in line 1; expected it once'],
    ['openai\nb: 1', 'line 1, column 1', 'a key without a colon and a space after it; expected "key: value"'],
    ['openai:1\nb: 2', 'line 1, column 1', 'no space after a colon; expected one'],
    ['a: b: c', 'line 1, column 4', 'a line has two settings, or a setting has both a value and settings below it'],
    [
      'a: b\n  c: d',
      'line 1, column 4',
      'a line has two settings, or a setting has both a value and settings below it',
    ],
    ['a: {x: 1\nb: 3', 'line 2, column 1', 'a { is not closed; expected } at the end of the mapping'],
    ['a: [1, 2\nb: 3', 'line 2, column 1', 'a [ is not closed; expected ] at the end of the list'],
    ['{ "a": "s" "id": 1 }', 'line 1, column', 'no comma between two entries; expected one'],
    ['a: 1\n}', 'line 2, column 1', 'a } or ] without a { or [ before it; expected as many of both'],
    ['a: @x', 'line 1, column 4', 'a value begins with a character that YAML reserves; expected quotes'],
    ['a: - b', 'line 1, column 4', 'a list begins in the line of its key; expected the dash in the next line'],
  ])('has a mistake in plain words: %j', (text, position, mistake) => {
    expect(mistakesOf(() => read(text))).toEqual([
      expect.stringMatching(
        new RegExp(`^certgraph\\.config\\.yaml, ${position}.*: not valid YAML: ${literal(mistake)}`),
      ),
    ])
  })

  it.each(['- openai', 'openai', '7'])('must be a mapping: %j is not', (text) => {
    expect(mistakesOf(() => read(text))).toEqual([
      expect.stringMatching(
        /^certgraph\.config\.yaml: configuration: found a (list|string|number); expected a mapping with server, access, /,
      ),
    ])
  })
})
