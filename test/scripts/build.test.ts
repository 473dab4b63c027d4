import { execFile } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
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
  mkdirSync(join(folder, 'web'))
  for (const name of ['tsconfig.json', 'index.html', 'icon.svg'])
    cpSync(resolve('web', name), join(folder, 'web', name))
  write('web/main.tsx', `document.title = 'certgraph'\n`)
  write('web/styles.css', 'body {\n  margin: 0;\n}\n')
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

/** Leaves only the packages of the program, here none, as `npm prune --omit=dev` does. */
function removeCompiler(): void {
  rmSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'node_modules'))
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
    for (const name of [
      'package-lock.json',
      'package.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'src/main.ts',
      'web/styles.css',
    ]) {
      appendFileSync(join(folder, name), '\n')
      const next = await start()
      expect([name, next.builtAt > builtAt]).toEqual([name, true])
      builtAt = next.builtAt
    }
  }, 120_000)

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

describe('npm run build', () => {
  const build = () => run('npm', ['--silent', 'run', 'build'], { cwd: folder })
  const isComplete = () => existsSync(join(folder, 'dist/sources.sha256'))

  it('fails when the page has a mistake, and starts nothing', async () => {
    write('web/main.tsx', 'document.title = 1\n')
    await expect(build()).rejects.toMatchObject({ stdout: expect.stringMatching(/^web\/main\.tsx.*error TS2322/) })
    await expect(start()).rejects.toThrow()
    expect(isComplete()).toBe(false)
  }, 60_000)

  it('fails when the HTML of the page does not link to its script', async () => {
    write('web/index.html', '<!doctype html><link href="web/styles.css"><link href="web/icon.svg">\n')
    await expect(build()).rejects.toMatchObject({
      stderr: 'certgraph cannot be built: expected a link to web/main.tsx in web/index.html\n',
    })
    expect(isComplete()).toBe(false)
  }, 60_000)

  it('fails without the page', async () => {
    rmSync(join(folder, 'web'), { recursive: true })
    await expect(build()).rejects.toMatchObject({
      stderr: expect.stringMatching(/^certgraph cannot be built: the folder web is missing/),
    })
    expect(isComplete()).toBe(false)
  }, 60_000)
})

describe('npm start without a compiler', () => {
  const npmStart = () => run('npm', ['--silent', 'start'], { cwd: folder })

  it('starts what was built, without a warning while the sources are the same', async () => {
    const { builtAt } = await start()
    removeCompiler()
    expect(await npmStart()).toEqual({ stdout: 'first\n', stderr: '' })
    expect(statSync(join(folder, 'dist/main.js')).mtimeMs).toBe(builtAt)
  }, 60_000)

  it('starts what was built without the folder src', async () => {
    await start()
    removeCompiler()
    rmSync(join(folder, 'src'), { recursive: true })
    expect(await npmStart()).toEqual({ stdout: 'first\n', stderr: '' })
  }, 60_000)

  it('starts what was built with no other file than package.json and package-lock.json', async () => {
    await start()
    removeCompiler()
    const copy = mkdtempSync(join(tmpdir(), 'certgraph-copy-'))
    for (const name of ['dist', 'package.json', 'package-lock.json'])
      cpSync(join(folder, name), join(copy, name), { recursive: true })
    expect(await run('npm', ['--silent', 'start'], { cwd: copy })).toEqual({ stdout: 'first\n', stderr: '' })
    rmSync(copy, { recursive: true })
  }, 60_000)

  it('starts what was built with a warning when the sources differ', async () => {
    await start()
    const main = readFileSync(join(folder, 'dist/main.js'), 'utf8')
    removeCompiler()
    write('src/text.ts', `export const text: string = 'second'\n`)
    const { stdout, stderr } = await npmStart()
    expect(stdout).toBe('first\n')
    expect(stderr).toMatch(/^Warning: .*src differs from dist\/sources\.sha256.*run "npm ci".*\n$/)
    expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toBe(main)
  }, 60_000)

  it('says what is missing when nothing was built', async () => {
    removeCompiler()
    await expect(npmStart()).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/dist\/main\.js is missing, and the compiler is not installed; run "npm ci"/),
    })
    rmSync(join(folder, 'src'), { recursive: true })
    await expect(npmStart()).rejects.toMatchObject({
      stderr: expect.stringMatching(/dist\/main\.js and the folder src are missing/),
    })
  })

  it('does not build, and leaves what was built', async () => {
    await start()
    removeCompiler()
    await expect(run('npm', ['--silent', 'run', 'build'], { cwd: folder })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^certgraph cannot be built: the compiler is not installed/),
    })
    expect(await npmStart()).toEqual({ stdout: 'first\n', stderr: '' })
  }, 60_000)
})
