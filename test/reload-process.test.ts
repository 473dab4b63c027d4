import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { digestOf } from '../src/access/api-keys.ts'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { startSandboxes } from './support/sandboxes.ts'

const program = useBuiltProgram()
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
beforeAll(async () => {
  sandboxes = await startSandboxes({ now: Date.now, limits: false })
})
afterAll(() => sandboxes.close())

const fileFor = (...keys: string[]) =>
  JSON.stringify({
    ...sandboxes.file,
    access: { apiKeys: keys.map((key) => ({ name: key, sha256: digestOf(key).toString('hex') })) },
  })

/** Mounts a file as Kubernetes does: `name` is a link into `..data`, which is a link to a folder that is replaced as a whole. */
function createMount(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  let version = 0
  const mount = (text: string) => {
    version += 1
    mkdirSync(join(folder, `..v${version}`))
    writeFileSync(join(folder, `..v${version}`, name), text)
    symlinkSync(`..v${version}`, join(folder, '..next'))
    renameSync(join(folder, '..next'), join(folder, '..data'))
    rmSync(join(folder, `..v${version - 1}`), { recursive: true, force: true })
  }
  symlinkSync(join('..data', name), join(folder, name))
  return { path: join(folder, name), mount }
}

async function startWith(env: Record<string, string>) {
  const child = program.start(env)
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const { url } = await addressOf(child)
  return {
    child,
    log: () => log,
    async health(key: string) {
      const response = await fetch(`${url}/health`, { headers: { authorization: `Bearer ${key}` } })
      return (await response.json()) as Record<string, unknown>
    },
    async mayAsk(key: string): Promise<boolean> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query: '{ certificates(first: 1) { totalCount } }' }),
      })
      return response.status === 200 && !('errors' in ((await response.json()) as object))
    },
  }
}

const eventually = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await sleep(100)
}

describe('a running process', () => {
  it('reads its file again when Kubernetes replaces it, and on SIGHUP', async () => {
    const { path, mount } = createMount('certgraph.yaml')
    mount(fileFor('first'))
    const { child, mayAsk, health, log } = await startWith({ CERTGRAPH_CONFIG: path })
    expect(await mayAsk('first')).toBe(true)
    const calls = sandboxes.emulators.reduce((sum, emulator) => sum + emulator.calls.length, 0)

    mount(fileFor('second'))
    await eventually(() => mayAsk('second'))
    expect(await mayAsk('first')).toBe(false)

    mount(fileFor('third'))
    child.kill('SIGHUP')
    await eventually(() => mayAsk('third'))
    expect(await mayAsk('second')).toBe(false)

    mount('access: [')
    child.kill('SIGHUP')
    await eventually(async () => (await health('third'))['reload'] === 'failed')
    expect(await mayAsk('third')).toBe(true)
    expect(log()).toContain('certgraph.yaml, line 1, column')
    expect(sandboxes.emulators.reduce((sum, emulator) => sum + emulator.calls.length, 0)).toBe(calls)

    mount(fileFor('fourth'))
    await eventually(() => mayAsk('fourth'))
    expect(await health('fourth')).not.toHaveProperty('reload')
    expect(child.exitCode).toBeNull()
  }, 90_000)

  it('reads a secret in a file again when the file changes', async () => {
    const { path, mount } = createMount('token')
    const { liveperson } = sandboxes.file
    const account = liveperson.accounts.find(({ token }) => token !== undefined)
    if (account?.token === undefined) throw new Error('the emulator has no account with a token')
    mount('expired\n')
    const { child, log } = await startWith({
      LIVEPERSON_ACCOUNT_ID: account.id,
      LIVEPERSON_TOKEN_FILE: path,
    })
    mount(`${account.token}\n`)
    child.kill('SIGHUP')
    await eventually(() => log().includes('the configuration was read again'))
    expect(log()).not.toContain(account.token)
  }, 60_000)
})
