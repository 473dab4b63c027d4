import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { sendRequest } from './support/http-client.ts'
import { startSandboxes } from './support/sandboxes.ts'

type Sandboxes = Awaited<ReturnType<typeof startSandboxes>>

const program = useBuiltProgram()
let sandboxes: Sandboxes
beforeAll(async () => {
  sandboxes = await startSandboxes({ now: Date.now, limits: false })
})
afterAll(() => sandboxes.close())

/** Starts the program with the emulated vendors as its configured ones, so that it is not in sandbox mode. */
async function startLive(drainDelay?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  const file = { ...sandboxes.file, ...(drainDelay && { server: { drainDelay } }) }
  writeFileSync(join(folder, 'certgraph.config.yaml'), JSON.stringify(file))
  const child = program.start({}, folder)
  const log = text(child.stderr)
  const exited = once(child, 'exit')
  const { url } = await addressOf(child)
  return {
    child,
    url,
    exited,
    /** The messages and counts of the lines about the end of the process. */
    async stopLines(): Promise<readonly Record<string, unknown>[]> {
      const lines = (await log).trim().split('\n')
      return lines.map((line) => JSON.parse(line)).filter(({ msg }) => /^stop/.test(msg))
    },
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
const isReady = async (url: string) => (await sendRequest(`${url}/ready`)).status

describe('SIGTERM', () => {
  it('loses no request of 32 keep-alive clients that pause for less than the delay', async () => {
    const { child, url, exited, stopLines } = await startLive('2s')
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ query: '{ certificates(first: 5) { totalCount } }' })
    let stopping = false
    let closed = false
    const lost: unknown[] = []
    const counts = { before: 0, after: 0 }

    async function keepAsking(index: number): Promise<void> {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      while (!closed) {
        const late = stopping
        try {
          const answer = await sendRequest(`${url}/graphql`, { method: 'POST', headers, agent }, body)
          if (answer.status !== 200) lost.push(answer)
          counts[late ? 'after' : 'before'] += 1
          if (late && answer.headers.connection !== 'close') lost.push(answer.headers)
        } catch (error) {
          // A refused connection has sent nothing: a load balancer sends the request to another replica.
          if (codeOf(error) === 'ECONNREFUSED') closed = true
          else lost.push(error)
        }
        await sleep(200 + 50 * index)
      }
      agent.destroy()
    }

    const clients = Array.from({ length: 32 }, (_, index) => keepAsking(index))
    await sleep(2_500)
    child.kill('SIGTERM')
    await sleep(200)
    expect(await isReady(url)).toBe(503)
    stopping = true
    const [code] = await exited
    await Promise.all(clients)
    expect(lost).toEqual([])
    expect(counts.after).toBeGreaterThanOrEqual(32)
    expect(code).toBe(0)
    expect(await stopLines()).toMatchObject([
      {
        signal: 'SIGTERM',
        msg: 'stopping: /ready answers 503, and requests are served for 2s; then no connections are accepted, and requests in progress are answered',
      },
      { unanswered: 0, msg: 'stopped: every request was answered' },
    ])
  }, 60_000)

  it('takes effect after five seconds unless another delay is configured, and again changes nothing', async () => {
    const { child, url, exited } = await startLive()
    const start = performance.now()
    child.kill('SIGTERM')
    await sleep(1_500)
    child.kill('SIGTERM')
    await sleep(2_500)
    expect(await isReady(url)).toBe(503)
    expect(await exited).toEqual([0, null])
    expect(performance.now() - start).toBeGreaterThan(4_900)
    expect(performance.now() - start).toBeLessThan(15_000)
  }, 60_000)

  it('has no delay in the sandbox', async () => {
    const child = program.start({})
    await addressOf(child)
    const start = performance.now()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(performance.now() - start).toBeLessThan(4_000)
  }, 60_000)

  it.each([300, 500, 700, 900])(
    'ends the process within %d ms of its start',
    async (pause) => {
      const child = program.start({})
      const exited = once(child, 'exit')
      await sleep(pause)
      child.kill('SIGTERM')
      // Before the first line of the program has run, Node ends by the signal.
      expect([
        [0, null],
        [null, 'SIGTERM'],
      ]).toContainEqual(await exited)
    },
    60_000,
  )
})

describe('SIGINT', () => {
  it('stops without a delay', async () => {
    const { child, exited, stopLines } = await startLive('1m')
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(await stopLines()).toMatchObject([
      { signal: 'SIGINT', msg: 'stopping: no connections are accepted, and requests in progress are answered' },
      { answered: 0, unanswered: 0 },
    ])
  }, 60_000)

  it('after SIGTERM ends the delay', async () => {
    const { child, url, exited } = await startLive('1m')
    child.kill('SIGTERM')
    await sleep(500)
    expect(await isReady(url)).toBe(503)
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
  }, 60_000)

  it('is ignored when it is repeated within a second, and exits at once later', async () => {
    const { child, url, exited, stopLines } = await startLive()
    const half = connect(Number(new URL(url).port), '127.0.0.1')
    half.on('error', () => {}).write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
    await sleep(200)
    child.kill('SIGINT')
    await sleep(300)
    child.kill('SIGINT')
    await sleep(900)
    expect(child.exitCode).toBe(null)
    child.kill('SIGINT')
    expect(await exited).toEqual([130, null])
    expect((await stopLines()).at(-1)).toMatchObject({
      msg: 'stopped at once by a second signal: requests in progress are lost',
    })
  }, 60_000)

  it('lets a request finish whose headers are incomplete', async () => {
    const { child, url, exited, stopLines } = await startLive()
    const half = connect(Number(new URL(url).port), '127.0.0.1')
    half.write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
    await sleep(200)
    child.kill('SIGINT')
    await sleep(500)
    half.write('\r\n')
    const answer = await text(half)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toMatch(/^connection: close\r$/im)
    expect(await exited).toEqual([0, null])
    expect(await stopLines()).toMatchObject([{}, { answered: 1, unanswered: 0 }])
  }, 60_000)
})

/** Of util-linux: runs a program in a terminal of its own. */
const inTerminal = existsSync('/usr/bin/script') ? it : it.skip

describe('SIGHUP', () => {
  it('is ignored by a process without a file to read again, which says so', async () => {
    const child = program.start({})
    const log = text(child.stderr)
    const { url } = await addressOf(child)
    child.kill('SIGHUP')
    await sleep(500)
    expect(await isReady(url)).toBe(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await log).toContain('the signal is ignored: there is no file to read again')
  }, 60_000)

  it('does not stop a process with a configuration file', async () => {
    const { child, url, exited, stopLines } = await startLive()
    child.kill('SIGHUP')
    await sleep(500)
    expect(await isReady(url)).toBe(200)
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(await stopLines()).toMatchObject([{ signal: 'SIGINT' }, { unanswered: 0 }])
  }, 60_000)

  inTerminal(
    'stops a process whose terminal closes, with a configuration file too',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
      const log = join(folder, 'log')
      writeFileSync(join(folder, 'certgraph.config.yaml'), JSON.stringify(sandboxes.file))
      const terminal = spawn(
        '/usr/bin/script',
        [
          '--quiet',
          '--return',
          '--command',
          `exec ${process.execPath} ${program.main} 2>${log}`,
          join(folder, 'typed'),
        ],
        { cwd: folder, env: { PATH: process.env['PATH'], PORT: '0' }, stdio: ['pipe', 'pipe', 'ignore'] },
      )
      await addressOf(terminal)
      terminal.kill('SIGKILL')
      while (!readFileSync(log, 'utf8').includes('stopped: every request was answered')) await sleep(50)
      expect(readFileSync(log, 'utf8')).toContain('"signal":"SIGHUP","cause":"certgraph runs in a terminal')
    },
    60_000,
  )
})
