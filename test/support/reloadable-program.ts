import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { ReadFiles } from '../../src/config/read-files.ts'
import { loadConfig } from '../../src/config.ts'
import { createProcessState } from '../../src/process-state.ts'
import { providers } from '../../src/providers/list.ts'
import { startReloading } from '../../src/reload.ts'
import { listen } from '../../src/server/listen.ts'
import type { AnyConfig } from '../../src/vendors.ts'
import { createManualClock } from './manual-clock.ts'
import type { GraphQLAnswer } from './program.ts'
import { type SandboxFile, startSandboxes } from './sandboxes.ts'
import { createTestLog } from './test-log.ts'

/** A configuration file: YAML as a text, or an object. */
type FileContent = object | string

export type ReloadableProgram = Awaited<ReturnType<typeof startReloadableProgram>>

/** The whole program with a configuration file that a test changes, on a clock that only the test moves. */
export async function startReloadableProgram(
  configure: (file: SandboxFile) => FileContent = (file) => file,
  env: Record<string, string> = {},
) {
  const clock = createManualClock()
  const { log, lines } = createTestLog()
  const { sandboxes, file, emulators, close: closeSandboxes } = await startSandboxes({ now: clock.now, limits: true })
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  const write = (content: FileContent) =>
    writeFileSync(
      join(folder, 'certgraph.config.yaml'),
      typeof content === 'string' ? content : JSON.stringify(content),
    )
  write(configure(file))
  const files = new ReadFiles()
  const load = (from: ReadFiles): AnyConfig =>
    loadConfig(providers, { env: { HOME: folder, PORT: '0', ...env }, cwd: folder, files: from })
  const config = load(files)
  const state = await createProcessState(config, { clock, log, version: '0.0.0' })
  const create = (next: AnyConfig) => createApp(next, { clock, log, version: '0.0.0', state })
  const app = await create(config)
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock })
  const reloading = startReloading({ config, files, app, state, listening, load, createApp: create, clock, log })

  return {
    ...sandboxes,
    file,
    folder,
    clock,
    state,
    url: listening.url,
    log: lines,
    write,
    /** Replaces the file and reads it at once. */
    async reload(content: FileContent): Promise<void> {
      write(content)
      await reloading.reload('test')
    },
    async ask<Data = never>(query: string, key?: string): Promise<GraphQLAnswer<Data>> {
      const response = await fetch(`${listening.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ query }),
      })
      return (await response.json()) as GraphQLAnswer<Data>
    },
    async health(key?: string): Promise<Record<string, unknown>> {
      const response = await fetch(`${listening.url}/health`, {
        headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      })
      return (await response.json()) as Record<string, unknown>
    },
    callsTo: (text: string) => emulators.flatMap(({ calls }) => calls).filter(({ target }) => target.includes(text)),
    get calls() {
      return emulators.reduce((sum, { calls }) => sum + calls.length, 0)
    },
    async close(): Promise<void> {
      reloading.close()
      await listening.close()
      await reloading.app.close()
      await closeSandboxes()
      rmSync(folder, { recursive: true })
    },
  }
}
