import { execFile } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { createFolder } from './support/folder.ts'
import { startSandboxes } from './support/sandboxes.ts'

const program = useBuiltProgram()
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
beforeAll(async () => {
  sandboxes = await startSandboxes({ now: Date.now, limits: false })
})
afterAll(() => sandboxes.close())

/** A folder with a configuration file. */
const configured = (settings: object = {}) =>
  createFolder({
    'certgraph.config.json': JSON.stringify({ ...sandboxes.file, server: { drainDelay: '0s' }, ...settings }),
  })

async function serve(cwd: string, env: Record<string, string> = {}) {
  const child = program.start(env, cwd)
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const { url } = await addressOf(child)
  return {
    pid: child.pid ?? 0,
    get log(): readonly Record<string, unknown>[] {
      return log
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    },
    async health() {
      return (await (await fetch(`${url}/health`)).json()) as Record<string, unknown>
    },
    /** Reads all vendors, so that readings are written. */
    async read() {
      const body = JSON.stringify({ query: '{ certificates(first: 1) { totalCount } }' })
      await (
        await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      ).text()
    },
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

const run = (cwd: string, ...words: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) =>
    execFile(
      process.execPath,
      [program.main, ...words],
      { cwd, env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )

async function info(cwd: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(cwd, 'state', 'info', '--format', 'json')
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('a server with a configuration file', () => {
  it('opens a state beside it, for this user only, and closes it at its end', async () => {
    const folder = configured()
    const server = await serve(folder)
    expect(await server.health()).toMatchObject({ status: 'ok', state: 'disk' })
    expect(await server.health()).not.toHaveProperty('stateProblem')
    const path = join(folder, 'certgraph-state')
    expect((statSync(path).mode & 0o777).toString(8)).toBe('700')
    for (const name of readdirSync(path)) expect((statSync(join(path, name)).mode & 0o777).toString(8)).toBe('600')
    expect(await info(folder)).toMatchObject({ path, reason: null, failure: null, processes: [server.pid] })
    expect(await server.stop()).toBe(0)
    expect(await info(folder)).toMatchObject({ path, failure: null, processes: [] })
    expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })

  it('starts with an empty state when it is damaged, and the log says where the old one is', async () => {
    const folder = configured()
    const path = join(folder, 'certgraph-state')
    const first = await serve(folder)
    await first.stop()
    truncateSync(join(path, 'state.mdb'), 9_000)
    const { code, stdout } = await run(folder, 'state', 'info')
    expect([code, stdout]).toEqual([1, expect.stringContaining('not readable: ')])
    const server = await serve(folder)
    expect(await server.health()).toMatchObject({ status: 'ok', state: 'disk' })
    const lines = server.log.filter(({ level }) => level === 'warn')
    expect(lines).toMatchObject([{ msg: 'the state cannot be read: it is set aside, and a new one begins' }])
    expect(existsSync(String(lines[0]?.['path']))).toBe(true)
  })

  it('is degraded, with the reason, when the folder cannot be used', async () => {
    const folder = configured({ state: { path: 'occupied' } })
    writeFileSync(join(folder, 'occupied'), 'a file')
    const server = await serve(folder)
    const reason = 'there is a file in place of the folder (EEXIST); a restart is needed when this is corrected'
    expect(await server.health()).toMatchObject({ status: 'degraded', state: 'memory', stateProblem: reason })
    expect(server.log.filter(({ level }) => level === 'warn')).toMatchObject([{ reason }])
  })

  it('is degraded, with the reason, when the folder is removed', async () => {
    const folder = configured()
    const server = await serve(folder)
    rmSync(join(folder, 'certgraph-state'), { recursive: true })
    await server.read()
    while ((await server.health())['state'] === 'disk') await sleep(50)
    const reason =
      'state.mdb was moved or removed; expected that it is moved back, or a restart, which begins an empty state'
    expect(await server.health()).toMatchObject({ status: 'degraded', stateProblem: reason })
    expect(await server.stop()).toBe(0)
  })

  it.each([
    ['"state: off"', () => [configured({ state: 'off' }), {}] as const, 'the configuration has "state: off"'],
    ['the sandbox', () => [createFolder(), {}] as const, 'the sandbox keeps nothing'],
    [
      'environment variables in place of a file',
      () => [createFolder(), { OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_1' }] as const,
      null,
    ],
  ])('keeps nothing on disk with %s', async (_, create, reason) => {
    const [folder, env] = create()
    const before = readdirSync(folder)
    const server = await serve(folder, env)
    const health = await server.health()
    expect(health).toMatchObject({ status: 'ok', state: 'memory' })
    expect(health).not.toHaveProperty('stateProblem')
    expect(readdirSync(folder)).toEqual(before)
    if (reason === null) return
    const { code, stdout } = await run(folder, 'state', 'info')
    expect([code, stdout]).toEqual([0, `nothing is kept on disk: ${reason}\n`])
    expect((await run(folder, 'state', 'clear')).stdout).toBe(stdout)
  })
})

describe('a command', () => {
  it.each([
    ['check', '--timeout', '30s'],
    ['plan', '--query', 'query.graphql'],
    ['config', 'check'],
    ['config', 'print'],
    ['schema'],
    ['subgraph'],
    ['state', 'info'],
  ])('opens no state: %s %s', async (...words) => {
    const folder = configured()
    writeFileSync(join(folder, 'query.graphql'), '{ certificates(first: 1) { totalCount } }')
    const { code } = await run(folder, ...words.filter((word) => word !== undefined))
    // The sandbox has certificates that have expired.
    expect(code).toBe(words[0] === 'check' ? 2 : 0)
    expect(readdirSync(folder)).not.toContain('certgraph-state')
  })
})

describe('--path', () => {
  it('describes and removes a state without a configuration and its secrets', async () => {
    const folder = configured({ state: { maxSize: '64MiB' } })
    const path = join(folder, 'certgraph-state')
    const server = await serve(folder)
    expect((await run(folder, 'state', 'info')).stdout).toMatch(/^size: [\d.]+ (KiB|MiB) of 64MiB$/m)
    const secrets = { openai: { adminKey: `\${MISSING_IN_THIS_SHELL}` } }
    writeFileSync(join(folder, 'certgraph.config.json'), JSON.stringify({ ...sandboxes.file, ...secrets }))
    expect(await run(folder, 'state', 'info')).toMatchObject({ code: 1, stdout: '' })
    const { code, stdout } = await run(folder, 'state', 'info', '--path', 'certgraph-state')
    expect([code, stdout]).toEqual([0, expect.stringContaining(`folder: ${path}\n`)])
    expect(stdout).toContain(`open in: process ${server.pid}\n`)
    expect(stdout).toMatch(/^size: [\d.]+ (KiB|MiB)$/m)
    expect((await run(folder, 'state', 'clear', '--yes', '--path', path)).code).toBe(1)
    await server.stop()
    expect((await run(folder, 'state', 'clear', '--yes', '--path', path)).code).toBe(0)
    expect(readdirSync(path)).toEqual(['state.mdb-lock'])
    const both = await run(folder, 'state', 'info', '--path', path, '--config', 'certgraph.config.json')
    expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('expected one of them')])
  })
})

describe('a state that a command may not read', () => {
  it.each([
    ['a file', () => createFolder({ state: 'a file' }), 'there is a file in place of a folder (ENOTDIR)'],
    ['a name that is too long', () => createFolder(), 'its path is too long (ENAMETOOLONG)'],
  ])('is one line that says why: %s', async (what, create, reason) => {
    const path = join(create(), what === 'a file' ? 'state' : 'x'.repeat(300))
    const folder = configured({ state: { path } })
    expect(await run(folder, 'state', 'info')).toEqual({
      code: 1,
      stdout: expect.stringContaining(`not readable: ${reason}\n`),
      stderr: '',
    })
    expect(await run(folder, 'state', 'clear', '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr: `certgraph state clear: ${path} cannot be cleared: ${reason}\n`,
    })
  })
})

describe('state clear', () => {
  it('removes nothing while a server has the state open, and without --yes', async () => {
    const folder = configured()
    const path = join(folder, 'certgraph-state')
    const server = await serve(folder)
    expect(await run(folder, 'state', 'clear', '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr: `certgraph state clear: ${path} is open in process ${server.pid}; expected that it is stopped first\n`,
    })
    expect(await server.health()).toMatchObject({ state: 'disk' })
    await server.stop()
    const asked = await run(folder, 'state', 'clear')
    expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('--yes is missing; it would remove')])
    expect(readdirSync(path)).toContain('state.mdb')
  })

  it('removes the state and what was set aside, so that a server begins with an empty one', async () => {
    const folder = configured()
    const path = join(folder, 'certgraph-state')
    const server = await serve(folder)
    await server.stop()
    writeFileSync(join(path, 'state.mdb.unreadable-1'), 'old')
    const { code, stdout, stderr } = await run(folder, 'state', 'clear', '--yes')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^removed from .*certgraph-state: 2 files, \d+ bytes\n$/)
    expect(readdirSync(path)).toEqual(['state.mdb-lock'])
    expect(await info(folder)).toMatchObject({ bytes: 0, kinds: [], processes: [] })
    const next = await serve(folder)
    expect(await next.health()).toMatchObject({ state: 'disk' })
  })
})
