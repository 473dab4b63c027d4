import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { build } from 'esbuild'

type Printed = Readonly<Record<string, unknown>>

interface StateProcessOptions {
  readonly mode?: string
  readonly maxBytes?: number
  readonly umask?: string
  /** A command that runs the process: it gets the command line as its arguments. */
  readonly wrapper?: readonly string[]
  /** The user that runs it. */
  readonly uid?: number
}

/** Processes with a state, built before the tests of a file as the program is. They end after each test. */
export function useStateProcesses() {
  let folder = ''
  const running: ChildProcess[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certgraph-state-program-'))
    // For other users, too.
    chmodSync(folder, 0o755)
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    await build({
      entryPoints: [resolve('test/support/state-program.ts')],
      outfile: join(folder, 'state-program.mjs'),
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
    })
  })
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Starts a process that opens the state in a folder. */
  return (
    path: string,
    { mode = '', maxBytes = 64 * 1024 ** 2, umask, wrapper = [], uid }: StateProcessOptions = {},
  ) => {
    const program = [process.execPath, join(folder, 'state-program.mjs'), path, mode, String(maxBytes)]
    const [command = '', ...words] = [...wrapper, ...program, ...(umask === undefined ? [] : [umask])]
    const child = spawn(command, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    })
    child.on('error', () => {})
    if (child.pid === undefined)
      throw new Error(`${command} cannot be started; expected folders that every user may enter`)
    running.push(child)
    const lines: Printed[] = []
    let errors = ''
    let wake = () => {}
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    createInterface(child.stdout).on('line', (line) => {
      // A process that is killed may leave half a line.
      if (line.endsWith('}')) lines.push(JSON.parse(line) as Printed)
      wake()
    })
    const ended = new Promise<{ code: number | null; signal: string | null }>((done) =>
      child.on('close', (code, signal) => {
        done({ code, signal })
        wake()
      }),
    )
    /** Waits for a line with this member that was not returned before. */
    let next = 0
    const line = async (member: string): Promise<Printed> => {
      for (;;) {
        while (next < lines.length) {
          const found = lines[next]
          next += 1
          if (found && member in found) return found
        }
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the process ended with ${child.exitCode ?? child.signalCode}: ${errors}`)
        await new Promise<void>((resume) => {
          wake = resume
        })
      }
    }
    return {
      pid: child.pid ?? 0,
      lines,
      ended,
      line,
      get errors() {
        return errors
      },
      /** The messages of the log so far. */
      get log() {
        return lines.flatMap((each) => (typeof each['log'] === 'string' ? [each['log']] : []))
      },
      kill: (signal: NodeJS.Signals = 'SIGKILL') => child.kill(signal),
      async run(...command: readonly unknown[]): Promise<Printed> {
        child.stdin.write(`${JSON.stringify(command)}\n`)
        return line('result')
      },
      async close() {
        child.stdin.end()
        return ended
      },
    }
  }
}
