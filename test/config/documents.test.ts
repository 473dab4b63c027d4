import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf, parse } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const hash = 'd98c7ba6f2d1d7b1f5f2f1e9f2e8d0b3a2a7d3f1'

const read = (documents: object, files: Record<string, string> = {}) =>
  parse({ ...minimalFile, documents }, {}, createFolder(files)).documents

describe('documents', () => {
  it('are off by default', () => {
    expect(parse(minimalFile).documents).toEqual({ mode: 'off', list: new Map() })
  })

  it.each(['allow', 'require'])('are read from the manifest in mode %s', (mode) => {
    const manifest = JSON.stringify({ [hash]: 'query A { __typename }' })
    expect(read({ mode, file: 'lists/documents.json' }, { 'lists/documents.json': manifest })).toEqual({
      mode,
      list: new Map([[hash, 'query A { __typename }']]),
    })
  })

  it('have a path relative to the configuration file', () => {
    const folder = createFolder({
      'etc/certgraph.yaml': `openai: { organizations: [{ id: org_acme, adminKey: k }] }\ndocuments: { mode: allow, file: list.json }\n`,
      'etc/list.json': `{"${hash}":"{ __typename }"}`,
    })
    expect(load({ CERTGRAPH_CONFIG: join(folder, 'etc/certgraph.yaml') }, folder).documents.list.size).toBe(1)
  })

  it('are not read in mode off', () => {
    expect(read({ mode: 'off', file: 'nowhere.json' })).toEqual({ mode: 'off', list: new Map() })
  })

  it('need a readable file and a valid mode', () => {
    expect(mistakesOf(() => read({ mode: 'require' }))).toEqual([
      'documents.file: missing; expected the path of a manifest, or "mode: off"',
    ])
    expect(mistakesOf(() => read({ mode: 'allow', file: 'nowhere.json' }))).toEqual([
      expect.stringMatching(/^documents\.file: .*nowhere\.json cannot be read \(ENOENT\); expected a readable file$/),
    ])
    expect(mistakesOf(() => read({ file: 'list.json' }))).toEqual([
      'documents.mode: missing; expected allow or require to use the file, or off to ignore it',
    ])
    expect(mistakesOf(() => read({ mode: 'on' }))).toEqual([
      expect.stringMatching(/^documents\.mode: .+; expected off, allow, require$/),
    ])
  })

  it.each(['', '[]', '{}', '{"a":', '"text"'])('need a manifest with documents: %s has none', (text) => {
    expect(mistakesOf(() => read({ mode: 'require', file: 'list.json' }, { 'list.json': text }))).toEqual([
      expect.stringMatching(/^documents\.file: .+ has no documents; expected a JSON object/),
    ])
  })

  it('need a hash and GraphQL each: every other one is reported', () => {
    const list = JSON.stringify({ [hash]: '{ a', short: '{ a }', [`${hash}0`]: 7, [`${hash}1`]: '{ a }' })
    expect(mistakesOf(() => read({ mode: 'require', file: 'list.json' }, { 'list.json': list }))).toEqual([
      expect.stringMatching(new RegExp(`list\\.json, "${hash}": not GraphQL \\(Syntax Error: .+\\); expected a`)),
      expect.stringMatching(/list\.json, "short": not a hash; expected 8 to 128 letters, digits and : \. _ -$/),
      expect.stringMatching(/list\.json, ".+0": not a string; expected a GraphQL document$/),
    ])
  })
})
