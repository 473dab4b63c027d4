import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { build } from 'esbuild'
import { toSourceLines } from '../src/source-lines.ts'

let folder: string
let dist: string
let stack: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certgraph-lines-'))
  writeFileSync(join(folder, 'part.ts'), '\n\nexport function fail(): never {\n  throw new Error("failed")\n}\n')
  writeFileSync(join(folder, 'main.ts'), 'import { fail } from "./part.ts"\nexport const run = (): void => fail()\n')
  const options = { bundle: true, sourcemap: true, format: 'esm', platform: 'node' } as const
  await build({ ...options, entryPoints: [join(folder, 'main.ts')], outfile: join(folder, 'dist/main.mjs') })
  dist = `${pathToFileURL(join(folder, 'dist')).href}/`
  // The test runner has source maps of its own, so the stack trace is written here.
  const lines = readFileSync(join(folder, 'dist/main.mjs'), 'utf8').split('\n')
  const at = (name: string, text: string) => {
    const row = lines.findIndex((line) => line.includes(text))
    return `    at ${name} (${dist}main.mjs:${row + 1}:${(lines[row]?.indexOf(text) ?? 0) + 1})`
  }
  stack = ['Error: failed', at('fail', 'new Error'), at('run', 'fail();')].join('\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a stack trace', () => {
  it('has the lines of the sources', () => {
    const lines = toSourceLines(stack, dist).split('\n')
    expect(lines[0]).toBe('Error: failed')
    expect(lines[1]).toMatch(/^ {4}at fail \(part\.ts:4:\d+\)$/)
    expect(lines[2]).toMatch(/^ {4}at run \(main\.ts:2:\d+\)$/)
  })

  it('is unchanged where there is no source map', () => {
    const others = [
      'Error: failed',
      `    at run (${dist}other.js:1:2)`,
      `    at ${dist}main.mjs`,
      '    at run (file:///usr/lib/other.js:3:4)',
      '    at node:internal/timers:5:6',
    ].join('\n')
    expect(toSourceLines(others, dist)).toBe(others)
  })
})
