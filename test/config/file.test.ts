import { describe, expect, it } from '@jest/globals'
import { load, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

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
    ['openai: "sk-secret\n', 'line 2, column 1'],
    ['a: b: sk-secret', 'line 1, column 4'],
    ['\n\nsk-secret: 1\nsk-secret: 2', 'line 4, column 1'],
    ['a: 1\n--- sk-secret\nb: 2', 'line 2, column 1'],
    ['a: !sk-secret x', 'line 1, column 4'],
    ['{ "openai": { "adminKey": "sk-secret" "id": 1 } }', 'line 1, column'],
  ])('that is invalid is reported by line and column, without its content: %j', (text, position) => {
    const mistakes = mistakesOf(() => read(text))
    expect(mistakes).toContainEqual(
      expect.stringMatching(/certgraph\.config\.yaml, line .+: not valid YAML \([a-z ]+\); expected YAML or JSON$/),
    )
    expect(mistakes[0]).toContain(position)
    expect(mistakes.join()).not.toContain('secret')
  })

  it.each([
    [
      'openai: *sk-secret',
      /certgraph\.config\.yaml, line 1, column 9: not an alias of an anchor .+; quote a text that/,
    ],
    [
      'openai: &sk-secret { organizations: *sk-secret }',
      /certgraph\.config\.yaml: has an alias to itself, .+; expected aliases that resolve$/,
    ],
  ])('must not have an alias to an unknown anchor or to itself: %j', (text, expected) => {
    const mistakes = mistakesOf(() => read(text))
    expect(mistakes).toEqual([expect.stringMatching(expected)])
    expect(mistakes.join()).not.toContain('secret')
  })

  it.each(['- openai', 'openai', '7'])('must be a mapping: %j is not', (text) => {
    expect(mistakesOf(() => read(text))).toEqual([
      expect.stringMatching(
        /^certgraph\.config\.yaml: configuration: found a (list|string|number); expected a mapping with server, access, /,
      ),
    ])
  })
})
