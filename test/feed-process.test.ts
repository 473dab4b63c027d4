import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { digestOf } from './support/callers.ts'
import { startSandboxes } from './support/sandboxes.ts'

const program = useBuiltProgram()
const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
const config = join(folder, 'certgraph.yaml')
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
beforeAll(async () => {
  sandboxes = await startSandboxes({ now: Date.now, limits: false })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandboxes.close()
})

interface Feed {
  readonly name: string
  readonly places?: readonly string[]
}

/** Runs the command for a new feed, as a person does: the path of its URL, and its entry for the configuration. */
async function createFeed(name: string): Promise<{ readonly target: string; readonly entry: Feed }> {
  const told = await text(program.start({}, folder, 'key', '--feed', name, '--config', config).stdout)
  const [, target = ''] = /^https:\/\/certgraph\.example(\/expirations\.ics\?token=cgf_\S+)$/m.exec(told) ?? []
  const { access } = parseYaml(told.slice(told.indexOf('access:'))) as { access: { feeds: readonly [Feed] } }
  return { target, entry: access.feeds[0] }
}

const write = (...feeds: readonly Feed[]) =>
  writeFileSync(
    config,
    JSON.stringify({
      ...sandboxes.file,
      server: { publicUrl: 'https://certgraph.example' },
      access: { apiKeys: [{ name: 'key', sha256: digestOf('a-key') }], ...(feeds.length > 0 && { feeds }) },
    }),
  )

it('accepts the token of a feed from the command line until a reload without it, and writes it nowhere', async () => {
  write()
  const [first, second] = [await createFeed('first'), await createFeed('second')]
  write(first.entry)
  const child = program.start({ CERTGRAPH_CONFIG: config, LOG_LEVEL: 'trace' })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const { url } = await addressOf(child)
  const statusOf = async ({ target }: { readonly target: string }) => (await fetch(`${url}${target}`)).status
  const reload = async (...feeds: readonly Feed[]) => {
    const before = log.split('the configuration was read again').length
    write(...feeds)
    child.kill('SIGHUP')
    while (log.split('the configuration was read again').length === before) await sleep(50)
  }
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 401])

  await reload({ ...first.entry, places: ['52710934'] }, second.entry)
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
  const sizeOf = async ({ target }: { readonly target: string }) =>
    (await (await fetch(`${url}${target}`)).text()).length
  expect(await sizeOf(first)).toBeLessThan(await sizeOf(second))

  // A list of places that is lost, or longer, would show more to everyone who has the URL.
  write(first.entry, second.entry)
  child.kill('SIGHUP')
  while (!log.includes('the feed first would see all places')) await sleep(50)
  expect(await sizeOf(first)).toBeLessThan(await sizeOf(second))

  await reload({ ...first.entry, places: ['52710934'] })
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 401])
  await reload()
  expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401])

  for (const { target } of [first, second]) {
    const token = target.slice(target.indexOf('cgf_'))
    expect(token).toHaveLength(47)
    expect(log).not.toContain(token.slice(4, 30))
  }
  expect(log).toContain('unknown feed token')
}, 90_000)
