import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, expect, it } from '@jest/globals'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import { type Emulator, startEmulator } from '../../src/sandbox/emulator.ts'

const closing: { close(): Promise<void> }[] = []
let child: ChildProcess | undefined
afterEach(async () => {
  child?.kill('SIGKILL')
  for (const each of closing.splice(0)) await each.close()
})

/** An OpenAI whose lists never end: each page has 100 new rows and a new cursor. */
async function startEndless(): Promise<Emulator> {
  let sent = 0
  const endless = await startEmulator(() => {
    sent += 1
    const page = sent
    const data = Array.from({ length: 100 }, (_, row) => ({ id: `id_${page}_${row}`, name: 'n'.repeat(200) }))
    return { status: 200, body: { object: 'list', data, has_more: true, first_id: null, last_id: `id_${page}_99` } }
  })
  closing.push(endless)
  return endless
}

/** Starts the program as a process with a small heap. Returns the URL of its API. */
async function startProcess(config: object): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'config.json')
  writeFileSync(file, JSON.stringify(config))
  const started = spawn(process.execPath, ['--max-old-space-size=200', '--import', 'tsx', 'src/main.ts'], {
    env: { PATH: process.env['PATH'], PORT: '0', CERTGRAPH_CONFIG: file },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  child = started
  let printed = ''
  for await (const chunk of started.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    const [url] = /http:\S+\/graphql/.exec(printed) ?? []
    if (url) return url
  }
  throw new Error('the process ended before it printed an address')
}

interface List {
  readonly complete: boolean
  readonly sources: readonly {
    readonly kind: string
    readonly place: { readonly provider: string }
    readonly status: string
    readonly error: { readonly code: string; readonly message: string } | null
  }[]
}

async function ask(url: string, field: string): Promise<List> {
  const fields = 'complete sources { kind status place { provider } error { code message } }'
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ list: ${field}(first: 1) { ${fields} } }` }),
  })
  return ((await response.json()) as { data: { list: List } }).data.list
}

it('fails the places of a vendor whose lists never end, and the process and all other places go on', async () => {
  const endless = await startEndless()
  const liveperson = await startLivePersonSandbox({ now: Date.now })
  closing.push(liveperson)
  const url = await startProcess({
    openai: { organizations: [{ id: 'org_endless', adminKey: 'sk-endless', baseUrl: endless.url }] },
    liveperson: liveperson.config,
  })
  const lists = { certificates: 'CERTIFICATES', certificatePlaces: 'DISCOVERY' }
  for (const [field, kind] of Object.entries(lists)) {
    const { complete, sources } = await ask(url, field)
    expect(complete).toBe(false)
    for (const { place, ...source } of sources)
      expect(source).toEqual(
        place.provider !== 'OPENAI'
          ? { kind, status: 'OK', error: null }
          : {
              kind,
              status: 'FAILED',
              error: {
                code: 'UPSTREAM_MALFORMED_RESPONSE',
                message: expect.stringMatching(
                  /^OpenAI returned more than (1000 pages|100000 rows), .* for the (certificates|projects) of org_endless$/,
                ),
              },
            },
      )
  }
  expect(endless.calls.length).toBeLessThanOrEqual(2 * 1_001)
  expect(child?.exitCode).toBeNull()
  const health = await fetch(url.replace('/graphql', '/health'))
  expect(health.status).toBe(200)
}, 60_000)

/** An OpenAI with three pages of 20 MB. Each one has a row whose list in this member has millions of values. */
async function startJunk(member: string, unit: string): Promise<{ readonly url: string }> {
  const junk = Buffer.from(unit.repeat(Math.floor(20_000_000 / unit.length)))
  const server = createServer((request, response) => {
    const page = Number(/after=c(\d)/.exec(request.url ?? '')?.[1] ?? 0) + 1
    response.writeHead(200, { 'content-type': 'application/json' })
    if (request.url?.includes('/projects')) return response.end('{"data":[],"has_more":false}')
    response.write(`{"has_more":${page < 3},"last_id":"c${page}","data":[{"id":"cert_${page}","name":"n","${member}":[`)
    response.write(junk)
    return response.end('0]}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push({
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const tooManyValues = 'the body has more than 2000000 values'

it.each([
  ['empty objects that are not read', 'junk', '{},', tooManyValues],
  ['empty objects in the place of a name', 'name', '{},', tooManyValues],
  ['numbers', 'junk', '0,', tooManyValues],
  ['long texts that are not read', 'junk', `"${'x'.repeat(100)}",`, null],
])(
  'a vendor that returns %s does not end the process',
  async (_, member, unit, problem) => {
    const junk = await startJunk(member, unit)
    const ids = ['org_1', 'org_2', 'org_3']
    const url = await startProcess({
      openai: { organizations: ids.map((id) => ({ id, adminKey: `sk-${id}`, baseUrl: junk.url, projects: [] })) },
      upstream: { timeout: '30s', deadline: '50s', readingTimeout: '50s' },
    })
    const { sources } = await ask(url, 'certificates')
    expect(sources.map(({ status, error }) => ({ status, error }))).toEqual(
      ids.map((id) =>
        problem === null
          ? { status: 'OK', error: null }
          : {
              status: 'FAILED',
              error: {
                code: 'UPSTREAM_MALFORMED_RESPONSE',
                message: `OpenAI returned a malformed response for the certificates of ${id}: ${problem}`,
              },
            },
      ),
    )
    expect(child?.exitCode).toBeNull()
  },
  60_000,
)
