import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll } from '@jest/globals'

type RunningProgram = ChildProcessByStdio<null, Readable, Readable>

/** The program as `npm run build` makes it, to be run as a process. */
export interface BuiltProgram {
  readonly main: string
  /** Starts a process in an empty folder, with these environment variables only. */
  start(env: Record<string, string>, cwd?: string, ...words: string[]): RunningProgram
  killAll(): void
  remove(): void
}

/** Builds the program before the tests of a file. Its processes end after each test. */
export function useBuiltProgram(): Pick<BuiltProgram, 'main' | 'start'> {
  let program: BuiltProgram | undefined
  beforeAll(async () => {
    program = await buildProgram()
  }, 120_000)
  afterAll(() => program?.remove())
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
  const built = mkdtempSync(join(tmpdir(), 'certgraph-build-'))
  const main = join(built, 'dist/main.js')
  const running: RunningProgram[] = []
  for (const name of ['src', 'web', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'])
    cpSync(resolve(name), join(built, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(built, 'node_modules'))
  await promisify(execFile)('npm', ['run', 'build'], { cwd: built })
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
    remove: () => rmSync(built, { recursive: true }),
  }
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
