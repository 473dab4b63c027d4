import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterEach, beforeAll } from '@jest/globals'

type RunningProgram = ChildProcessByStdio<null, Readable, Readable>

/** The program as `npm run build` makes it, to be run as a process. */
export interface BuiltProgram {
  readonly main: string
  /** Starts a process in an empty folder, with these environment variables only. */
  start(env: Record<string, string>, cwd?: string, ...words: string[]): RunningProgram
  killAll(): void
}

/** Builds the program before the tests of a file, unless it is built. Its processes end after each test. */
export function useBuiltProgram(): Pick<BuiltProgram, 'main' | 'start'> {
  let program: BuiltProgram | undefined
  beforeAll(async () => {
    program = await buildProgram()
  }, 120_000)
  afterEach(() => program?.killAll())
  const built = () => {
    if (!program) throw new Error('the program is built before the tests, not before their describe')
    return program
  }
  return {
    get main() {
      return built().main
    },
    start: (...parameters) => built().start(...parameters),
  }
}

export async function buildProgram(): Promise<BuiltProgram> {
  const main = join(await findBuild(), 'dist/main.js')
  const running: RunningProgram[] = []
  return {
    main,
    start(env, cwd = mkdtempSync(join(tmpdir(), 'certgraph-')), ...words) {
      const child = spawn(process.execPath, [main, ...words], {
        cwd,
        env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'info', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.push(child)
      return child
    },
    killAll() {
      for (const child of running.splice(0)) child.kill('SIGKILL')
    },
  }
}

const sources = [
  'src',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
]
/** Milliseconds for which a build of other sources is kept. */
const maxAge = 86_400_000

/** The folder with the program, as it is built from the present sources. The first test file that needs it builds it. */
async function findBuild(): Promise<string> {
  const builds = join(tmpdir(), `certgraph-builds-${process.getuid?.() ?? ''}`)
  const folder = join(builds, digestSources())
  if (existsSync(folder)) return folder
  mkdirSync(builds, { recursive: true })
  for (const name of readdirSync(builds)) {
    const old = join(builds, name)
    if (statSync(old).mtimeMs < Date.now() - maxAge) rmSync(old, { recursive: true, force: true })
  }
  const built = mkdtempSync(join(builds, 'new-'))
  for (const name of sources) cpSync(resolve(name), join(built, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(built, 'node_modules'))
  await promisify(execFile)('npm', ['run', 'build'], { cwd: built })
  try {
    renameSync(built, folder)
  } catch (error) {
    // Another test file has built it meanwhile.
    if (!existsSync(folder)) throw error
    rmSync(built, { recursive: true })
  }
  return folder
}

/** Of each source, with the folder whose packages the build uses. */
function digestSources(): string {
  const hash = createHash('sha256').update(resolve('.'))
  for (const source of sources) {
    const names = statSync(source).isDirectory()
      ? readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()
      : ['']
    for (const name of names) {
      const path = join(source, name)
      if (statSync(path).isFile()) hash.update(`\n${path}\n`).update(readFileSync(path))
    }
  }
  return hash.digest('hex')
}

/** Waits for the address that the program prints at the start. */
export async function addressOf(child: Pick<RunningProgram, 'stdout'>): Promise<{ url: string; printed: string }> {
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    const [url] = /http:\S+(?=\/graphql)/.exec(printed) ?? []
    if (url) return { url, printed }
  }
  throw new Error('the process ended before it printed an address')
}
