import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { until } from '../support/redis/until.ts'

const run = promisify(execFile)
const sources = ['src', 'web', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']

/** Starts `npm start` in a process group of its own, because npm does not pass signals on. */
async function npmStart(cwd: string, environment: Record<string, string> = {}) {
  const child: ChildProcess = spawn('npm', ['start'], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', LOG_LEVEL: 'silent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
    })
  const addressOf = () => /http:\S+(?=\/graphql)/.exec(output)?.[0]
  await until(() => addressOf() !== undefined || child.exitCode !== null)
  return { url: addressOf(), output, stop: () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL') }
}

async function certificatesAt(url: string | undefined): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ certificates(first: 1) { totalCount complete } }' }),
  })
  return response.json()
}

/** The page's HTML, and the type and length of each file that it links to. */
async function pageAt(url: string | undefined) {
  const response = await fetch(`${url}/certificates`)
  const html = await response.text()
  const paths = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
  const files = await Promise.all(
    paths.map(async (path) => {
      const file = await fetch(`${url}${path}`)
      return { type: file.headers.get('content-type'), isEmpty: (await file.text()) === '' }
    }),
  )
  return { status: response.status, files }
}

const wholePage = {
  status: 200,
  files: [
    { type: 'image/svg+xml', isEmpty: false },
    { type: 'text/css; charset=utf-8', isEmpty: false },
    { type: 'text/javascript; charset=utf-8', isEmpty: false },
  ],
}

/** A process group, and packages that are hard links. */
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip

describeOnLinux('a copy of the project without development packages', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certgraph-production-'))
    for (const name of sources) cpSync(resolve(name), join(folder, name), { recursive: true })
    await run('cp', ['-al', resolve('node_modules'), join(folder, 'node_modules')])
    await run('npm', ['run', 'build'], { cwd: folder })
    await run('npm', ['prune', '--omit=dev', '--offline', '--no-audit', '--no-fund'], { cwd: folder })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it('starts with npm start and serves the sandbox, without a build and without a warning', async () => {
    await expect(run('node', ['-e', 'import("esbuild")'], { cwd: folder })).rejects.toThrow('ERR_MODULE_NOT_FOUND')
    const { url, output, stop } = await npmStart(folder)
    try {
      expect(output).not.toMatch(/warning|not found|tsc/i)
      expect(await certificatesAt(url)).toEqual({
        data: { certificates: { totalCount: expect.any(Number), complete: true } },
      })
      expect(await pageAt(url)).toEqual(wholePage)
    } finally {
      stop()
    }
  }, 60_000)

  it('serves the page with no other file than dist, package.json and package-lock.json, in production too', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'certgraph-copy-'))
    for (const name of ['dist', 'package.json', 'package-lock.json'])
      cpSync(join(folder, name), join(copy, name), { recursive: true })
    symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'))
    const { url, stop } = await npmStart(copy, { NODE_ENV: 'production', CERTGRAPH_MODE: 'sandbox' })
    try {
      expect(await pageAt(url)).toEqual(wholePage)
    } finally {
      stop()
      rmSync(copy, { recursive: true })
    }
  }, 60_000)
})
