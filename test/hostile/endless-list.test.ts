import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
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
