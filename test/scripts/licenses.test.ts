import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isAllowed, listBundledPackages, listRuntimePackages } from '../../scripts/licenses.ts'

describe('isAllowed', () => {
  it.each([
    'MIT',
    '0BSD',
    'Apache-2.0 AND MIT',
    'GPL-3.0-only OR MIT',
    '(MIT OR GPL-3.0-only) AND (ISC OR Elastic-2.0)',
    'Elastic-2.0 AND GPL-3.0-only OR CC0-1.0',
  ])('accepts %s', (expression) => {
    expect(isAllowed(expression)).toBe(true)
  })

  it.each([
    undefined,
    '',
    'Elastic-2.0',
    'BUSL-1.1',
    'SSPL-1.0',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.md',
    'MIT AND Elastic-2.0',
    'Elastic-2.0 OR SSPL-1.0',
    '(MIT OR ISC) AND Elastic-2.0',
    'Apache-2.0 WITH Commons-Clause',
    'MIT OR',
    '(MIT',
    'MIT)',
  ])('refuses %s', (expression) => {
    expect(isAllowed(expression)).toBe(false)
  })
})

describe('listRuntimePackages', () => {
  it('lists nested and optional packages, and no development dependencies', () => {
    const packages = {
      '': { license: 'MIT' },
      'node_modules/b': { version: '2.0.0', license: 'ISC', optional: true },
      'node_modules/b/node_modules/@scope/a': { version: '1.0.0', license: 'MIT' },
      'node_modules/tool': { version: '3.0.0', license: 'Elastic-2.0', dev: true },
      'node_modules/shared': { version: '4.0.0', devOptional: true },
    }
    expect(listRuntimePackages({ packages })).toEqual([
      { name: '@scope/a', version: '1.0.0', license: 'MIT' },
      { name: 'b', version: '2.0.0', license: 'ISC' },
      { name: 'shared', version: '4.0.0', license: undefined },
    ])
  })
})

describe('listBundledPackages', () => {
  it('lists the packages that files are from, development dependencies too', () => {
    const packages = {
      '': { license: 'MIT' },
      'node_modules/a': { version: '1.0.0', license: 'MIT', dev: true },
      'node_modules/@scope/b': { version: '2.0.0', license: 'Elastic-2.0', dev: true },
      'node_modules/@scope/b/node_modules/c': { version: '3.0.0', license: 'ISC', dev: true },
      'node_modules/c': { version: '4.0.0', license: 'ISC', dev: true },
      'node_modules/d': { version: '5.0.0', license: 'MIT' },
    }
    const files = ['node_modules/@scope/b/node_modules/c/x.js', 'node_modules/a/dist/x.mjs', 'web/main.tsx']
    expect(listBundledPackages({ packages }, files)).toEqual([
      { name: 'a', version: '1.0.0', license: 'MIT' },
      { name: 'c', version: '3.0.0', license: 'ISC' },
    ])
  })
})

describe('npm run licenses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-licenses-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('prints the refused packages and exits with 1', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', license: 'Elastic-2.0' },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/c': { version: '1.0.0', license: 'MIT' },
    }
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }))
    const script = ['--import', 'tsx', 'scripts/check-licenses.ts', folder]
    const { status, stdout } = spawnSync(process.execPath, script, { encoding: 'utf8' })
    expect(stdout.split('\n')).toEqual([
      'REFUSED a@1.0.0: Elastic-2.0',
      'REFUSED b@1.0.0: no licence',
      'ok      c@1.0.0: MIT',
      '3 runtime packages, 2 with a licence that is not allowed',
      '',
    ])
    expect(status).toBe(1)
  })
})
