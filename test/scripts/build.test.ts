import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
let folder: string

/** A small program with the scripts of this package. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certgraph-start-'))
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'])
    cpSync(resolve(name), join(folder, name))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'src'))
  write('src/main.ts', `import { text } from './text.ts'\n\nconsole.log(text)\n`)
  write('src/text.ts', `export const text: string = 'first'\n`)
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content)
}

/** What the program prints, and when it was built. */
async function start(): Promise<{ printed: string; builtAt: number }> {
  const { stdout } = await run('npm', ['--silent', 'start'], { cwd: folder })
  return { printed: stdout.trim(), builtAt: statSync(join(folder, 'dist/main.js')).mtimeMs }
}

describe('npm start', () => {
  it('builds once, and not again when nothing has changed', async () => {
    const first = await start()
    expect(first.printed).toBe('first')
    expect(await start()).toEqual(first)
    await run('npm', ['run', 'build'], { cwd: folder })
    const rebuilt = await start()
    expect(rebuilt.builtAt).toBeGreaterThan(first.builtAt)
    expect(await start()).toEqual(rebuilt)
  }, 60_000)

  it('builds when a source file, a setting of the compiler or the lock file has changed', async () => {
    let { builtAt } = await start()
    for (const name of ['package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'src/main.ts']) {
      appendFileSync(join(folder, name), '\n')
      const next = await start()
      expect([name, next.builtAt > builtAt]).toEqual([name, true])
      builtAt = next.builtAt
    }
  }, 60_000)

  it('builds when a source file is added, or is replaced by an older one', async () => {
    const old = join(folder, 'old.ts')
    writeFileSync(old, `export const text: string = 'older'\n`)
    await start()
    cpSync(old, join(folder, 'src/text.ts'), { preserveTimestamps: true })
    const replaced = await start()
    expect(replaced.printed).toBe('older')
    write('src/more.ts', 'export const more = 1\n')
    expect((await start()).builtAt).toBeGreaterThan(replaced.builtAt)
  }, 60_000)

  it('starts nothing when the build fails, also after the change is undone', async () => {
    await start()
    write('src/text.ts', `export const text: number = 'wrong'\n`)
    await expect(start()).rejects.toMatchObject({ stdout: expect.stringMatching(/^src\/text\.ts.*error TS2322/) })
    write('src/text.ts', `export const text: string = 'first'\n`)
    expect((await start()).printed).toBe('first')
  }, 60_000)
})
