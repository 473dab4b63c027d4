import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sandboxOwners } from '../../src/sandbox/owners.ts'
import { addressOf, type BuiltProgram } from './built-program.ts'
import { type Scales, startSandboxes } from './sandboxes.ts'

/** Each request reads the vendors again. */
const withoutReuse = { ttl: '0s', discoveryTtl: '0s', staleWhileRevalidate: '0s', minReadingAge: '0s' }

interface PageProgramOptions {
  readonly scale?: Scales
  /** Sections of the configuration file beside those of the vendors. Default: public, and each request reads the vendors. */
  readonly sections?: object
}

export type PageProgram = Awaited<ReturnType<typeof startPageProgram>>

/** Starts the built program as a process, with vendors that the test may change and let fail. */
export async function startPageProgram(program: BuiltProgram, { scale, sections }: PageProgramOptions = {}) {
  const vendors = await startSandboxes({ now: Date.now, limits: false, scale })
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-page-'))
  const config = join(folder, 'certgraph.config.json')
  const file: object = { ...vendors.file, owners: sandboxOwners, access: 'public', upstream: withoutReuse, ...sections }
  const output: string[] = []
  let child: ReturnType<BuiltProgram['start']>
  let url = ''

  async function start(): Promise<void> {
    writeFileSync(config, JSON.stringify(file))
    child = program.start(
      { LOG_LEVEL: 'trace', PORT: url === '' ? '0' : new URL(url).port },
      folder,
      'serve',
      '--config',
      config,
    )
    child.stderr.on('data', (chunk) => output.push(String(chunk)))
    const started = await addressOf(child)
    url = started.url
    output.push(started.printed)
    child.stdout.on('data', (chunk) => output.push(String(chunk)))
  }
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await start()

  /** Sends a query without the page. @throws if the response has errors */
  async function ask<Data>(query: string, variables: object = {}, key?: string): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }

  return {
    url,
    vendors: vendors.sandboxes,
    ask,
    /** What the process has written: its log and the first lines. */
    printed: () => output.join(''),
    stop,
    /** Lets the process read its configuration again, with other sections. @throws if it refuses them */
    async reload(changed: object): Promise<void> {
      const before = output.length
      writeFileSync(config, JSON.stringify({ ...file, ...changed }))
      child.kill('SIGHUP')
      const written = () => output.slice(before).join('')
      while (!written().includes('the configuration was read again')) {
        if (written().includes('the configuration stays as it is')) throw new Error(written())
        await sleep(20)
      }
    },
    /** Starts the process again at the same address. */
    start,
    /** Ends the emulators. The processes end with `BuiltProgram.killAll`. */
    async close() {
      await stop()
      await vendors.close()
    },
    /** Takes the certificates away that need attention. */
    async removeTroubled(): Promise<void> {
      const { certificates } = await ask<{ certificates: { nodes: { name: string | null }[] } }>(
        '{ certificates(first: 100, filter: { expiryStatuses: [EXPIRED, CRITICAL, UNKNOWN] }) { nodes { name } } }',
      )
      const names = new Set(certificates.nodes.map(({ name }) => name))
      const { openai, akamai, liveperson } = vendors.sandboxes
      const remove = <Row>(rows: Row[], nameOf: (row: Row) => string | null) =>
        rows.splice(0, rows.length, ...rows.filter((row) => !names.has(nameOf(row))))
      for (const { certificates: rows } of openai.state.organizations) remove(rows, ({ name }) => name)
      for (const { certificates: rows } of liveperson.state.accounts) remove(rows, ({ name }) => name)
      for (const { contracts } of akamai.state.accounts)
        for (const { enrollments } of contracts) remove(enrollments, ({ commonName }) => commonName)
    },
  }
}
