import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { findProblem, findRegularExpressions } from '../../scripts/regular-expressions.ts'

const inCode = (text: string) => findRegularExpressions('a.ts', text).map(({ line, text }) => [line, text])

describe('the regular expressions of a file', () => {
  it('are its literals, and not divisions, comments or strings', () => {
    expect(inCode('const a = 4 / 2 / 1 // a /b/ c\nconst b = { b: /x+/g.exec("/y/") }\nconst c = [/[/]\\//]')).toEqual([
      [2, '/x+/g'],
      [3, '/[/]\\//'],
    ])
  })

  it('have a pattern and flags', () => {
    expect(findRegularExpressions('a.ts', 'const a = /a\\/b/gu')).toEqual([
      { line: 1, text: '/a\\/b/gu', literal: { pattern: 'a\\/b', flags: 'gu' } },
    ])
  })

  it('are also the texts that become one', () => {
    const calls = ['new RegExp(a)', 'RegExp("a")', 'new globalThis.RegExp(a)', 'b.match("a")', 'b.search(`a`)']
    expect(inCode(calls.join('\n'))).toEqual(calls.map((call, index) => [index + 1, call]))
    const others = ['const R = RegExp', 'make(RegExp)', "globalThis['RegExp'](a)", 'Reflect.construct(RegExp, [a])']
    expect(inCode(others.join('\n')).map(([line]) => line)).toEqual([1, 2, 3, 4])
    expect(inCode('let a: RegExp | null\nif (a instanceof RegExp) f<RegExp>(a)\nlet b: typeof RegExp')).toEqual([])
    expect(inCode('b.match(/a/)\nc.search(a)\nc.split("a")')).toEqual([[1, '/a/']])
  })
})

describe('the check of a literal', () => {
  it.each(['^a+$', '"[^"]*"', '^(?:[a-z0-9-]+\\.)+example$', '(?<!a)b'])('accepts /%s/', async (pattern) => {
    expect(await findProblem({ pattern, flags: '' })).toBeNull()
  })

  it.each([
    ['^(a+)+$', 'exponential'],
    ['a+$', '2nd degree polynomial'],
    ['\\s*\\n\\s*-', 'polynomial'],
  ])('rejects /%s/', async (pattern, expected) => {
    expect(await findProblem({ pattern, flags: '' })).toContain(expected)
  })

  it('fails when it takes too long', async () => {
    expect(await findProblem({ pattern: '-----END ([^-]{0,40})[^-]*-----', flags: '' }, 0)).toContain('timeout')
  })
})

describe('npm run regexps', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  function run(code: string) {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    folders.push(folder)
    writeFileSync(join(folder, 'code.ts'), code)
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/check-regular-expressions.ts', folder],
      { encoding: 'utf8' },
    )
    return { status, output: stdout.replaceAll(`${folder}/`, '') }
  }

  it('passes when every expression is safe', () => {
    expect(run('const a = /^a+$/')).toEqual({ status: 0, output: '1 regular expressions, 0 problems\n' })
  })

  it('fails for an expression that is not safe, and for one without a reason', () => {
    const { status, output } = run('const a = /a+$/\nconst b = new RegExp(c)')
    expect(status).toBe(1)
    expect(output).toContain('code.ts:1: /a+$/: 2nd degree polynomial')
    expect(output).toContain('code.ts:2: new RegExp(c): not a literal')
  })
})
