import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadFederation } from '../../src/config/federation.ts'
import { minimalFile, mistakesOf, parse } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

describe('federation', () => {
  it('publishes @requiresScopes unless it is left out', () => {
    expect(parse(minimalFile).federation).toEqual({ requiresScopes: true })
    expect(parse({ ...minimalFile, federation: {} }).federation).toEqual({ requiresScopes: true })
    expect(parse({ ...minimalFile, federation: { requiresScopes: false } }).federation).toEqual({
      requiresScopes: false,
    })
  })

  it.each([
    [{ requiresScopes: 'false' }, 'federation.requiresScopes: found a string; expected true or false'],
    [{ requires: false }, 'federation.requires: unknown; expected one of requiresScopes'],
    [false, 'federation: found a boolean; expected a mapping with requiresScopes'],
  ])('has known settings only: %j', (federation, mistake) => {
    expect(mistakesOf(() => parse({ ...minimalFile, federation }))).toEqual([mistake])
  })

  it('is read alone for a command, from the file that the server reads, whatever else is missing in it', () => {
    const section = 'federation: { requiresScopes: false }\n'
    const cwd = createFolder({
      'certgraph.config.yaml': `openai: { organizations: [{ id: o, adminKey: "\${MISSING}" }] }\n${section}`,
      'other.yaml': 'expiry: { critical: soon }\n',
    })
    expect(loadFederation({ env: {}, cwd })).toEqual({ requiresScopes: false })
    expect(loadFederation({ env: { CERTGRAPH_CONFIG: 'other.yaml' }, cwd })).toEqual({ requiresScopes: true })
    expect(loadFederation({ env: { CERTGRAPH_MODE: 'sandbox' }, cwd })).toEqual({ requiresScopes: true })
    expect(loadFederation({ env: {}, cwd: createFolder() })).toEqual({ requiresScopes: true })
  })

  it('is a mistake for the command when its file cannot be read', () => {
    const cwd = createFolder()
    const mistakes = mistakesOf(() => loadFederation({ env: { CERTGRAPH_CONFIG: 'none.yaml' }, cwd }))
    expect(mistakes).toEqual([
      `CERTGRAPH_CONFIG: ${join(cwd, 'none.yaml')} cannot be read (ENOENT); expected a readable file`,
    ])
  })
})
