import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandEnvironment } from '../../src/cli/command.ts'
import { runCommandLine } from '../../src/cli/run.ts'
import { systemClock } from '../../src/upstream/clock.ts'

/** Runs a command in this process, in an empty folder and with these environment variables only. */
export async function runCommand(words: readonly string[], options: Partial<CommandEnvironment> = {}) {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text
    },
    async writeAll(parts: AsyncIterable<string>) {
      for await (const part of parts) written[name] += part
    },
    end: async () => null,
  })
  const cwd = mkdtempSync(join(tmpdir(), 'certgraph-'))
  const code = await runCommandLine(words, {
    env: {},
    cwd,
    clock: systemClock,
    stdout: output('stdout'),
    stderr: output('stderr'),
    ...options,
  })
  return { code, ...written }
}
