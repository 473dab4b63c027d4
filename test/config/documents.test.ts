import { createHash } from 'node:crypto'
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
      file: expect.stringMatching(/^\/.*\/lists\/documents\.json$/),
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

  it('are the built-in ones alone in mode require without a manifest', () => {
    expect(read({ mode: 'require' })).toEqual({ mode: 'require', list: new Map() })
  })

  it('need a readable file and a valid mode', () => {
    expect(mistakesOf(() => read({ mode: 'allow' }))).toEqual([
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
      expect.stringMatching(/^documents\.file: .+ has no documents; expected JSON: an object of documents by id/),
    ])
  })

  it('may not have the SHA-256 of another document as their id', () => {
    const list = JSON.stringify({ [`sha256:${'0'.repeat(64)}`]: '{ a }' })
    expect(mistakesOf(() => read({ mode: 'require', file: 'list.json' }, { 'list.json': list }))).toEqual([
      expect.stringMatching(/the SHA-256 of another document; expected the one of this text$/),
    ])
  })

  it('may begin with a byte order mark', () => {
    const list = `\uFEFF${JSON.stringify({ a: '{ a }' })}`
    expect(read({ mode: 'allow', file: 'list.json' }, { 'list.json': list }).list).toEqual(new Map([['a', '{ a }']]))
  })

  it('need an id and GraphQL each: every other one is reported', () => {
    const list = JSON.stringify({ [hash]: '{ a', '': '{ a }', [`${hash}0`]: 7, [`${hash}1`]: '{ a }' })
    expect(mistakesOf(() => read({ mode: 'require', file: 'list.json' }, { 'list.json': list }))).toEqual([
      expect.stringMatching(new RegExp(`list\\.json, "${hash}": not GraphQL \\(Syntax Error: .+\\); expected a`)),
      expect.stringMatching(/list\.json, "": has no id; expected a string that is not empty$/),
      expect.stringMatching(/list\.json, ".+0": not a string; expected a GraphQL document$/),
    ])
  })

  it.each([
    ['a SHA-256 with its name', `sha256:${createHash('sha256').update('{ a }').digest('hex')}`],
    ['an MD5 hash of the Relay compiler', '5b9d0a6c1f277d5f5be5b0f5ea3ed0a7'],
    ['a number of a persist function', '7'],
    ['a name with other characters', 'Certificates page/2 (é)'],
  ])('may have %s as their id', (_, id) => {
    const manifest = JSON.stringify({ [id]: '{ a }' })
    expect(read({ mode: 'allow', file: 'list.json' }, { 'list.json': manifest }).list).toEqual(new Map([[id, '{ a }']]))
  })

  const apollo = (operations: unknown, more: object = {}) =>
    JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations, ...more })
  const operation = { id: hash, name: 'A', type: 'query', body: 'query A { a }' }

  it("are read from Apollo's manifest", () => {
    const manifest = apollo([operation, { ...operation, id: 'b', body: 'query B { b }' }])
    expect(read({ mode: 'allow', file: 'list.json' }, { 'list.json': manifest }).list).toEqual(
      new Map([
        [hash, 'query A { a }'],
        ['b', 'query B { b }'],
      ]),
    )
  })

  it.each([apollo([]), apollo({}), apollo([operation], { version: 2 }), apollo([operation], { version: undefined })])(
    "need documents and version 1 in Apollo's manifest: %s",
    (text) => {
      expect(mistakesOf(() => read({ mode: 'require', file: 'list.json' }, { 'list.json': text }))).toEqual([
        expect.stringMatching(/^documents\.file: .+ has no documents; .+apollo-persisted-query-manifest of version 1$/),
      ])
    },
  )

  it("need an id and GraphQL each in Apollo's manifest", () => {
    const manifest = apollo([operation, 7, { ...operation, id: 'b', body: '{ a' }, { ...operation, id: 'c', body: 7 }])
    expect(mistakesOf(() => read({ mode: 'allow', file: 'list.json' }, { 'list.json': manifest }))).toEqual([
      expect.stringMatching(/list\.json, operations\[1\]: has no id; expected a string/),
      expect.stringMatching(/list\.json, "b": not GraphQL \(.+\); expected a GraphQL document$/),
      expect.stringMatching(/list\.json, "c": not a string; expected a GraphQL document$/),
    ])
  })

  it.each([
    ["Apollo's manifest", apollo([operation, { ...operation, body: 'query A { b }' }])],
    ['an object', `{ "${hash}": "{ a }", "b": "{ b }", "${hash}": "{ c }" }`],
    ['an object, once with the prefix', `{ "sha256:${hash}": "{ a }", "${hash}": "{ c }" }`],
  ])('cannot have one id for two of them in %s', (_, text) => {
    expect(mistakesOf(() => read({ mode: 'allow', file: 'list.json' }, { 'list.json': text }))).toEqual([
      expect.stringMatching(new RegExp(`list\\.json, "${hash}": the id of two documents; expected a different id`)),
    ])
  })

  it('may be listed twice with the same text', () => {
    for (const text of [apollo([operation, operation]), `{ "${hash}": "query A { a }", "${hash}": "query A { a }" }`]) {
      expect(read({ mode: 'allow', file: 'list.json' }, { 'list.json': text }).list.size).toBe(1)
    }
  })
})
