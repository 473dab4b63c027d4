import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { digestOf } from '../src/access/api-keys.ts'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { type EventStream, openEventStream } from './support/event-stream.ts'
import { firstOf } from './support/rewriting.ts'
import { startSandboxes } from './support/sandboxes.ts'

const program = useBuiltProgram()
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
beforeAll(async () => {
  sandboxes = await startSandboxes({ now: Date.now, limits: false })
})
afterAll(() => sandboxes.close())

const [kept, removed] = ['cg_kept-0123456789', 'cg_removed-0123456789']
const query = 'subscription Changed($after: String) { certificateChanged(after: $after) { id kind name } }'

const fileFor = (keys: readonly string[], server: object = {}) =>
  JSON.stringify({
    ...sandboxes.file,
    server,
    upstream: { minReadingAge: '1ms' },
    access: { apiKeys: keys.map((key) => ({ name: key, sha256: digestOf(key).toString('hex') })) },
  })

async function start(keys: readonly string[], server?: object) {
  const path = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'certgraph.yaml')
  writeFileSync(path, fileFor(keys, server))
  const child = program.start({ CERTGRAPH_CONFIG: path })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const { url } = await addressOf(child)
  const lines = () => log.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Record<string, unknown>] : []))
  return {
    child,
    lines,
    ended: () => lines().filter(({ msg }) => msg === 'subscription ended'),
    subscribe: (key: string, variables: object = {}) =>
      openEventStream(url, { query, variables }, { authorization: `Bearer ${key}` }),
    async reload(nextKeys: readonly string[]): Promise<void> {
      const before = lines().filter(({ msg }) => msg === 'the configuration was read again').length
      writeFileSync(path, fileFor(nextKeys, server))
      child.kill('SIGHUP')
      while (lines().filter(({ msg }) => msg === 'the configuration was read again').length === before) await sleep(50)
    },
    /** Has a certificate appear, and reads its place. */
    async change(name: string): Promise<void> {
      const { certificates } = firstOf(sandboxes.sandboxes.openai.state.organizations)
      await read(url)
      certificates.push({ ...firstOf(certificates), id: `cert_${name}`, name })
      await sleep(20)
      await read(url)
    },
  }
}

async function read(url: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${kept}` },
    body: JSON.stringify({ query: '{ certificates(first: 1, maxStaleness: "PT0S") { totalCount } }' }),
  })
  if (response.status !== 200) throw new Error(await response.text())
  await response.arrayBuffer()
}

const namesOf = ({ results }: EventStream) =>
  results.map(({ data }) => Reflect.get(Object(data?.['certificateChanged']), 'name'))

describe('the streams of a process', () => {
  it('go on when the file is read again, and end for a key that was removed', async () => {
    const { subscribe, reload, change, ended, child } = await start([kept, removed])
    const [first, second] = [await subscribe(kept), await subscribe(removed)]
    await change('before')
    await Promise.all([first.untilResults(1), second.untilResults(1)])
    await reload([kept])
    await second.untilClosed()
    expect(second.events.map(({ event }) => event)).toEqual(['next', 'next', 'complete'])
    expect(second.results[1]?.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED')
    await change('after')
    await first.untilResults(2)
    expect(namesOf(first)).toEqual(['before', 'after'])
    expect(ended()).toMatchObject([{ caller: removed, reason: 'access_lost', events: 1 }])
    expect(child.exitCode).toBeNull()
    first.leave()
  }, 90_000)

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'are completed after %s, and do not delay the end',
    async (signal) => {
      const { subscribe, child, lines, ended } = await start([kept], { drainDelay: '1s' })
      const streams = await Promise.all([1, 2, 3].map(() => subscribe(kept)))
      const exited = once(child, 'exit')
      const before = performance.now()
      child.kill(signal)
      const [code] = await exited
      // Requests that do not end are cut off after ten seconds.
      expect(performance.now() - before).toBeLessThan(8_000)
      await Promise.all(streams.map(({ untilClosed }) => untilClosed()))
      expect(code).toBe(0)
      expect(streams.map(({ events, isComplete }) => [events, isComplete])).toEqual(
        streams.map(() => [[{ event: 'complete', data: null }], true]),
      )
      expect(ended().map(({ reason }) => reason)).toEqual(['shutdown', 'shutdown', 'shutdown'])
      expect(lines().at(-1)).toMatchObject({ unanswered: 0, msg: 'stopped: every request was answered' })
    },
    60_000,
  )
})
