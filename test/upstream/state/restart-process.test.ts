import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from '../../support/built-program.ts'
import { list } from '../../support/listing.ts'
import { startSandboxes } from '../../support/sandboxes.ts'

const program = useBuiltProgram()
let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
let folder: string
let child: ReturnType<typeof program.start> | null

beforeEach(async () => {
  sandboxes = await startSandboxes({
    now: Date.now,
    limits: true,
    scale: {
      openai: { organizations: 1, certificatesPerOrganization: 3, projectsPerOrganization: 2 },
      akamai: { contractsPerAccount: 6, enrollmentsPerContract: 1 },
      liveperson: { accounts: 2, certificatesPerAccount: 3 },
    },
  })
  folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  child = null
})
afterEach(async () => {
  await kill()
  await sandboxes.close()
  rmSync(folder, { recursive: true })
})

/** Ends the process at once. */
async function kill(): Promise<void> {
  if (!child) return
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
  child = null
}

/** Starts the program with this configuration and the state of the processes before it. */
async function start(change: object = {}) {
  const path = join(folder, 'certgraph.config.yaml')
  writeFileSync(path, JSON.stringify({ ...sandboxes.file, ...change, state: { path: './state' } }))
  child = program.start({ CERTGRAPH_CONFIG: path })
  child.stderr.resume()
  const { url } = await addressOf(child)
  return {
    async ask<Data>(query: string): Promise<{ readonly data: Data }> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      return (await response.json()) as { readonly data: Data }
    },
  }
}

const listings = () =>
  sandboxes.sandboxes.akamai.emulator.calls.filter(({ path }) => path.endsWith('active-certificates'))

describe('A process that is killed', () => {
  it('has the readings of the one before while Akamai hangs', async () => {
    const before = await list(await start())
    expect(before).toMatchObject({ complete: true, fresh: true })
    // What was read in the last second may be lost.
    await sleep(1_000)
    await kill()
    sandboxes.sandboxes.akamai.emulator.fault({ effect: 'hang' })
    const after = await list(await start())
    expect(after).toEqual(before)
  })

  it('does not exceed the limit of Akamai however often it is started', async () => {
    const upstream = { deadline: '1s', ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' }
    const from = Date.now()
    // Two starts reach the limit.
    for (let starts = 0; starts < 3; starts += 1) {
      await list(await start({ upstream }))
      await kill()
    }
    expect(listings().filter(({ status }) => status === 429)).toEqual([])
    const minutes = Math.ceil((Date.now() - from) / 60_000)
    expect(listings().length).toBeGreaterThanOrEqual(8)
    expect(listings().length).toBeLessThanOrEqual(8 * minutes)
  })
})
