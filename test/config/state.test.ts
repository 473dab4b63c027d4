import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'

const day = 86_400_000
const standard = { history: 400 * day, maxSize: 1024 * 1024 ** 2 }
const expectation = 'not valid; expected off, or a mapping with path, history, maxSize'

/** A configuration file in a folder of its own. */
function loadFile(settings: object) {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  writeFileSync(join(folder, 'certgraph.config.json'), JSON.stringify({ ...minimalFile, ...settings }))
  return { folder, state: load({ HOME: '/home/me' }, folder).state }
}

describe('the state', () => {
  it('is in a folder beside the configuration file by default', () => {
    const { folder, state } = loadFile({})
    expect(state).toEqual({ path: join(folder, 'certgraph-state'), ...standard })
  })

  it('has a path relative to the configuration file, or to the home folder', () => {
    const { folder, state } = loadFile({ state: { path: 'data/state' } })
    expect(state.path).toBe(join(folder, 'data/state'))
    expect(loadFile({ state: { path: '~/state' } }).state.path).toBe('/home/me/state')
    expect(loadFile({ state: { path: '~' } }).state.path).toBe('/home/me')
    expect(loadFile({ state: { path: '/var/lib/certgraph' } }).state.path).toBe('/var/lib/certgraph')
  })

  it('is not on disk when it is off, with Redis, in the sandbox, and without a file', () => {
    const nowhere = { path: null, ...standard }
    expect(loadFile({ state: 'off' }).state).toEqual(nowhere)
    expect(loadFile({ redis: { url: 'redis://127.0.0.1', replicas: 2 }, state: { path: 'x' } }).state).toEqual(nowhere)
    expect(parseForSandbox({ ...minimalFile, state: { path: 'x' } }).state).toEqual(nowhere)
    expect(load({ OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_1' }, '/nowhere').state).toEqual(nowhere)
  })

  it('has a history and a size of its own', () => {
    const { state } = parse({ ...minimalFile, state: { history: '30d', maxSize: '64MiB' } })
    expect(state).toEqual({ path: null, history: 30 * day, maxSize: 64 * 1024 ** 2 })
  })

  it('names what is wrong', () => {
    const mistakes = (state: unknown) => mistakesOf(() => parse({ ...minimalFile, state }))
    expect(mistakes(false)).toEqual([`state: ${expectation}`])
    expect(mistakes('on')).toEqual([`state: ${expectation}`])
    expect(mistakes({ path: '', history: '0d', maxSize: '1MiB', folder: 'x' })).toEqual([
      'state.path: empty; expected the path of a folder',
      'state.history: not valid; expected a duration such as 500ms, 10s, 5m, 24h or 14d, longer than 0s, at most 3650d',
      'state.maxSize: not valid; expected a size such as 500B, 100kB, 2MB or 32MiB, from 16MiB to 65536MiB',
      'state.folder: unknown; expected one of path, history, maxSize',
    ])
  })
})
