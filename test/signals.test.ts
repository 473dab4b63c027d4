import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { until } from './support/redis/until.ts'

const describeWithSignals = process.platform === 'win32' ? describe.skip : describe
const main = resolve('src/main.ts')
const tsx = import.meta.resolve('tsx')
const closers: (() => unknown)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** An OpenAI that answers 429, with a pause of a day, until `recover`. */
async function startVendor() {
  let isBusy = true
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(request.url ?? '')
    if (isBusy) response.writeHead(429, { 'retry-after': '86400' }).end('{}')
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[],"has_more":false}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    recover() {
      isBusy = false
    },
  }
}

/** Starts the program as a process that calls this vendor. */
async function start(baseUrl: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'certgraph-'))
  const organization = { id: 'org_acme', adminKey: 'hush-hush', baseUrl, projects: [] }
  writeFileSync(join(cwd, 'certgraph.config.yaml'), JSON.stringify({ openai: { organizations: [organization] } }))
  const child: ChildProcess = spawn(process.execPath, ['--import', tsx, main], {
    cwd,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  closers.push(() => child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const addressOf = () => /http:\S+(?=\/graphql)/.exec(stdout)?.[0]
  await until(() => addressOf() !== undefined)
  return {
    child,
    log: () => stderr.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Record<string, unknown>] : [])),
    health: async () => (await fetch(`${addressOf()}/health`)).status,
    async ask(): Promise<unknown> {
      const response = await fetch(`${addressOf()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: '{ openAIOrganization(id: "org_acme") { source { status error { code retryAfterSeconds } } } }',
        }),
      })
      return ((await response.json()) as { data: unknown }).data
    },
  }
}

describeWithSignals('SIGUSR2', () => {
  it('ends the pauses that vendors asked for, and logs how many there were', async () => {
    const vendor = await startVendor()
    const { child, log, health, ask } = await start(vendor.url)
    const paused = { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: expect.any(Number) }
    expect(await ask()).toEqual({ openAIOrganization: { source: { status: 'FAILED', error: paused } } })
    expect(vendor.calls).toHaveLength(1)
    vendor.recover()

    child.kill('SIGUSR2')
    const lines = () => log().filter(({ msg }) => String(msg).includes('were cleared'))
    await until(() => lines().length > 0)
    expect(lines()).toEqual([expect.objectContaining({ level: 'warn', own: 1, shared: 0 })])
    await until(() => vendor.calls.length > 1)
    expect(await ask()).toEqual({ openAIOrganization: { source: { status: 'OK', error: null } } })

    child.kill('SIGUSR2')
    await until(() => lines().length > 1)
    expect(lines()[1]).toMatchObject({ own: 0, shared: 0 })
    expect(await health()).toBe(200)
  }, 60_000)
})
