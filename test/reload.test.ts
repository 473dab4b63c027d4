import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { digestOf } from '../src/access/api-keys.ts'
import { sendRequest } from './support/http-client.ts'
import { type ReloadableProgram, startReloadableProgram } from './support/reloadable-program.ts'
import { firstOf } from './support/rewriting.ts'
import type { SandboxFile } from './support/sandboxes.ts'
import { until } from './support/until.ts'

let program: ReloadableProgram
afterEach(() => program.close())

interface ListAnswer {
  readonly certificates: {
    readonly totalCount: number
    readonly complete: boolean
    readonly sources: readonly { readonly place: { readonly id: string; readonly name: string | null } }[]
  }
}

const list = '{ certificates { totalCount complete sources { place { id name } } } }'
const all = async (key?: string) => (await program.ask<ListAnswer>(list, key)).data.certificates
const keyed = (name: string, key: string, more: object = {}) => ({
  name,
  sha256: digestOf(key).toString('hex'),
  ...more,
})
const withKeys = (file: object, ...apiKeys: object[]) => ({ ...file, access: { apiKeys } })
const poll = async () => {
  program.clock.advance(5_000)
  for (let index = 0; index < 5; index += 1) await new Promise(setImmediate)
}
const mistakes = () => program.log.filter(({ level }) => level === 50).map(({ msg }) => msg)

describe('a configuration that is read again', () => {
  it('keeps the readings: no vendor is called again', async () => {
    program = await startReloadableProgram()
    const before = await all()
    const { calls } = program
    await program.reload({ ...program.file, limits: { depth: 20 }, upstream: { timeout: '9s' } })
    expect(await all()).toEqual(before)
    expect(program.calls).toBe(calls)
    expect(program.state.lastReload).toEqual({ successful: true, at: program.clock.now() })
    expect(program.log).toContainEqual(expect.objectContaining({ msg: 'the configuration was read again' }))
  })

  it('reads a new account alone', async () => {
    const without = (file: SandboxFile) => ({
      ...file,
      liveperson: { ...file.liveperson, accounts: file.liveperson.accounts.slice(1) },
    })
    program = await startReloadableProgram(without)
    const before = await all()
    const { calls } = program
    await program.reload(program.file)
    const after = await all()
    expect(after.totalCount).toBeGreaterThan(before.totalCount)
    const added = firstOf(program.file.liveperson.accounts).id
    expect(program.calls - calls).toBe(program.callsTo(added).length)
  })

  it('drops an account for the next request, and reads it anew when it is back', async () => {
    program = await startReloadableProgram()
    const before = await all()
    const removed = firstOf(program.file.liveperson.accounts).id
    const callsFor = () => program.callsTo(`/mtls/account/${removed}/`).length
    expect(callsFor()).toBe(1)
    const { liveperson } = program.file
    await program.reload({ ...program.file, liveperson: { ...liveperson, accounts: liveperson.accounts.slice(1) } })
    expect((await all()).totalCount).toBeLessThan(before.totalCount)
    const { errors } = await program.ask(`{ livePersonAccount(id: "${removed}") { id } }`)
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_CONFIGURED' } }])
    await program.reload(program.file)
    expect((await all()).totalCount).toBe(before.totalCount)
    expect(callsFor()).toBe(2)
  })

  it('never reads with one credential what another one has read', async () => {
    program = await startReloadableProgram()
    await all()
    const { openai } = program.file
    const organization = firstOf(openai.organizations)
    const calls = program.callsTo('/v1/organization/certificates').length
    await program.reload({ ...program.file, openai: { organizations: [{ ...organization, adminKey: 'sk-other' }] } })
    const { data } = await program.ask<{
      certificates: { sources: { status: string; place: { vendorId: string }; error: { code: string } | null }[] }
    }>('{ certificates { sources { status place { provider } error { code } } } }')
    expect(data.certificates.sources).toContainEqual(
      expect.objectContaining({
        status: 'FAILED',
        place: { provider: 'OPENAI' },
        error: { code: 'UPSTREAM_UNAUTHENTICATED' },
      }),
    )
    expect(program.callsTo('/v1/organization/certificates').length).toBeGreaterThan(calls)
  })

  it('shows a new name, under the rate limit as it was', async () => {
    program = await startReloadableProgram()
    await all()
    const remaining = async () => {
      const query = '{ certificatePlaces(first: 50) { nodes { __typename name rateLimit { remaining limit } } } }'
      const { data } = await program.ask<{
        certificatePlaces: {
          nodes: { __typename: string; name: string | null; rateLimit: { remaining: number; limit: number } }[]
        }
      }>(query)
      const ofType = (typename: string) =>
        firstOf(data.certificatePlaces.nodes.filter(({ __typename }) => __typename === typename))
      return { name: ofType('AkamaiAccount').name, ...ofType('AkamaiContract').rateLimit }
    }
    const before = await remaining()
    expect(before.remaining).toBeLessThan(before.limit)
    const [first, ...others] = program.file.akamai.accounts
    const akamai = { accounts: [{ ...first, name: 'Renamed' }, ...others] }
    await program.reload({ ...program.file, akamai, upstream: { akamai: { budget: before.limit + 1 } } })
    expect(await remaining()).toEqual({
      name: 'Renamed',
      limit: before.limit + 1,
      remaining: before.remaining + 1,
    })
  })

  it('shows new names of accounts with the readings as they were, and their stale data', async () => {
    program = await startReloadableProgram((file) => ({
      ...file,
      upstream: { ttl: '10s', staleWhileRevalidate: '0s' },
    }))
    const nodes = '{ certificates(first: 100) { nodes { id place { id name } } } }'
    interface Nodes {
      readonly certificates: { readonly nodes: readonly { readonly id: string; readonly place: { name: string } }[] }
    }
    const read = async () => {
      const answer = await program.ask<Nodes>(nodes)
      expect(answer).not.toHaveProperty('errors')
      return answer.data.certificates.nodes
    }
    const before = await read()
    const { calls } = program
    const { openai, akamai, liveperson } = program.file
    const renamed = <Account extends object>(accounts: readonly Account[]) =>
      accounts.map((account) => ({ ...account, name: 'Renamed' }))
    await program.reload({
      openai: { organizations: renamed(openai.organizations) },
      akamai: { accounts: renamed(akamai.accounts) },
      liveperson: { ...liveperson, accounts: renamed(liveperson.accounts) },
      upstream: { ttl: '10s', staleWhileRevalidate: '0s' },
    })
    const after = await read()
    expect(program.calls).toBe(calls)
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    const isAccount = ({ id }: { readonly id: string }) => !/Akamai/.test(Buffer.from(id, 'base64').toString())
    expect(after.filter(isAccount).map(({ place }) => place.name)).toContain('Renamed')
    expect(new Set(after.filter(isAccount).map(({ place }) => place.name))).toEqual(new Set(['Renamed']))
    for (const { emulator } of [program.openai, program.akamai, program.liveperson])
      emulator.fault({ effect: { status: 200, body: '{' } })
    program.clock.advance(20_000)
    expect((await read()).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  it('reads an added contract alone, and anew one that was removed', async () => {
    const [first, second] = ['C-1BQ7FR8', 'K-2CB4PY1']
    const withContracts = (file: SandboxFile, ...contracts: readonly (string | undefined)[]) => {
      const [account] = file.akamai.accounts
      return { akamai: { accounts: [{ ...account, contracts }] } }
    }
    program = await startReloadableProgram((file) => withContracts(file, first))
    const callsTo = (contract = '') => program.callsTo(`contractId=${contract}`).length
    const count = async () => (await all()).totalCount
    const ofFirst = await count()
    expect([callsTo(first), callsTo(second)]).toEqual([1, 0])
    await program.reload(withContracts(program.file, first, second))
    const ofBoth = await count()
    expect(ofBoth).toBeGreaterThan(ofFirst)
    expect([callsTo(first), callsTo(second)]).toEqual([1, 1])
    await program.reload(withContracts(program.file, first))
    expect(await count()).toBe(ofFirst)
    await program.reload(withContracts(program.file, second, first))
    expect(await count()).toBe(ofBoth)
    expect([callsTo(first), callsTo(second)]).toEqual([1, 2])
  })

  it('keeps a circuit open', async () => {
    program = await startReloadableProgram((file) => ({ openai: file.openai, upstream: { ttl: '0s' } }))
    program.openai.emulator.fault({ effect: { status: 200, body: '{' } })
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await all()
      program.clock.advance(6_000)
    }
    const isOpen = async () => {
      const query = '{ certificatePlaces(first: 50) { nodes { __typename circuitOpen } } }'
      const { data } = await program.ask<{
        certificatePlaces: { nodes: { __typename: string; circuitOpen: boolean }[] }
      }>(query)
      return data.certificatePlaces.nodes.filter(({ __typename }) => __typename === 'OpenAIOrganization')
    }
    const open = [{ __typename: 'OpenAIOrganization', circuitOpen: true }]
    expect(await isOpen()).toEqual(open)
    await program.reload({ openai: program.file.openai, upstream: { ttl: '1s' } })
    expect(await isOpen()).toEqual(open)
  })

  it('is used for how long readings are fresh', async () => {
    program = await startReloadableProgram((file) => ({ ...file, upstream: { ttl: '1h' } }))
    await all()
    const { calls } = program
    program.clock.advance(60_000)
    await program.reload({ ...program.file, upstream: { ttl: '30s', staleWhileRevalidate: '0s' } })
    await all()
    expect(program.calls).toBeGreaterThan(calls)
  })

  it('answers requests in progress, and refuses a removed key from the next request on', async () => {
    program = await startReloadableProgram((file) => withKeys(file, keyed('a', 'cg_a'), keyed('b', 'cg_b')))
    program.openai.emulator.latency = 1_000
    const inProgress = all('cg_a')
    await until(() => program.openai.emulator.calls.length > 0)
    await program.reload(withKeys(program.file, keyed('b', 'cg_b')))
    const refused = await program.ask(list, 'cg_a')
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(await inProgress).toEqual(await all('cg_b'))
    expect((await inProgress).complete).toBe(true)
  })

  it('drops stored answers', async () => {
    program = await startReloadableProgram((file) => withKeys(file, keyed('a', 'cg_a')))
    const before = await all('cg_a')
    await program.ask(list, 'cg_a')
    const account = firstOf(program.file.liveperson.accounts).id
    await program.reload(withKeys(program.file, keyed('a', 'cg_a', { places: [account] })))
    expect((await all('cg_a')).totalCount).toBeLessThan(before.totalCount)
  })
})

describe('a Host that is refused', () => {
  it.each([
    ['server.hosts, without the variable', {}, 'server.hosts'],
    ['CERTGRAPH_HOSTS, which an entry in the file would turn off', { CERTGRAPH_HOSTS: 'a.example' }, 'CERTGRAPH_HOSTS'],
  ])('is logged with %s', async (_, env, setting) => {
    program = await startReloadableProgram((file) => file, env)
    const { status, body } = await sendRequest(`${program.url}/graphql`, { headers: { host: 'evil.example' } })
    expect([status, body]).toEqual([421, expect.stringContaining(`add the name to ${setting} in`)])
    expect(program.log).toContainEqual(expect.objectContaining({ host: 'evil.example', setting }))
  })
})

describe('a configuration that cannot be used', () => {
  it('changes nothing: every mistake is logged, and /health reports it until a reload succeeds', async () => {
    program = await startReloadableProgram()
    const before = await all()
    expect(await program.health()).not.toHaveProperty('reload')
    await program.reload(
      'openai: { organizations: [{ id: org/acme, adminKye: hush-hush }] }\nexpiry: { critical: soon }\n',
    )
    expect(program.state.lastReload).toEqual({ successful: false, at: program.clock.now() })
    expect(await program.health()).toMatchObject({ reload: 'failed' })
    expect(await all()).toEqual(before)
    expect(mistakes()).toEqual([
      expect.stringContaining('certgraph.config.yaml, line 2, column 21: expiry.critical: '),
      expect.stringContaining('openai.organizations[0].id: '),
      expect.stringContaining('openai.organizations[0].adminKey: '),
      expect.stringContaining('openai.organizations[0].adminKye: '),
    ])
    expect(JSON.stringify(program.log)).not.toContain('hush-hush')
    await program.reload(program.file)
    expect(await program.health()).not.toHaveProperty('reload')
  })

  it('may be found out when the app is built: a place with the id of another one', async () => {
    const { id } = { id: 'le1' }
    program = await startReloadableProgram((file) => withKeys(file, keyed('a', 'cg_a')))
    const [organization] = program.file.openai.organizations
    const [account] = program.file.liveperson.accounts
    const same = {
      openai: { organizations: [{ ...organization, id }] },
      liveperson: { ...program.file.liveperson, accounts: [{ ...account, id }] },
    }
    await program.reload(withKeys(same, keyed('a', 'cg_a', { places: [id] })))
    expect(mistakes()).toEqual([
      expect.stringMatching(
        /certgraph\.config\.yaml, line 1, column \d+: access\.apiKeys\[0\]\.places\[0\]: the id of /,
      ),
    ])
    expect((await all('cg_a')).totalCount).toBeGreaterThan(0)
  })

  it.each([
    ['removes access', (file: object) => file, 'access: it would be public'],
    ['makes access public', (file: object) => ({ ...file, access: 'public' }), 'access: it would be public'],
    [
      'removes the places of a key',
      (file: object) => withKeys(file, keyed('limited', 'cg_b')),
      'access.apiKeys[0].places: the key limited would see all places',
    ],
    [
      'enables writes',
      (file: object) => ({ ...withKeys(file, keyed('a', 'cg_a')), writes: 'enabled' }),
      'writes: they would be enabled',
    ],
    [
      'sets redis',
      (file: object) => ({
        ...withKeys(file, keyed('a', 'cg_a')),
        redis: { url: 'redis://127.0.0.1:1/0', replicas: 2 },
      }),
      'redis: it is connected at the start',
    ],
  ])('is one that %s: it needs a restart', async (_, change, reason) => {
    program = await startReloadableProgram((file) =>
      withKeys(file, keyed('limited', 'cg_l', { places: ['le1606809'] }), keyed('a', 'cg_a')),
    )
    await program.reload(change(program.file))
    expect(mistakes()).toEqual([`the configuration stays as it is: ${reason}; this needs a restart`])
    expect((await program.ask(list)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect((await all('cg_a')).totalCount).toBeGreaterThan(0)
    expect(await program.health('cg_a')).toMatchObject({ reload: 'failed', writes: 'disabled' })
  })
})

describe('a file that has lost a line', () => {
  it('does not bring the access of the environment into force', async () => {
    program = await startReloadableProgram((file) => withKeys(file, keyed('a', 'cg_a')), {
      CERTGRAPH_API_KEY_SHA256: digestOf('cg_env').toString('hex'),
    })
    await program.reload(program.file)
    expect(mistakes()).toEqual([
      'the configuration stays as it is: access: it would come from CERTGRAPH_API_KEY_SHA256 in place of the file; this needs a restart',
    ])
    expect((await program.ask(list, 'cg_env')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect((await all('cg_a')).totalCount).toBeGreaterThan(0)
  })

  it('does not give a key the default permission', async () => {
    program = await startReloadableProgram((file) =>
      withKeys(file, keyed('scraper', 'cg_s', { scopes: ['metrics:read'] }), keyed('a', 'cg_a')),
    )
    await program.reload(withKeys(program.file, keyed('scraper', 'cg_s'), keyed('a', 'cg_a')))
    expect(mistakes()).toEqual([expect.stringContaining('the key scraper would also have certificates:read')])
    expect((await program.ask(list, 'cg_s')).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })
})

describe('a file that is deleted', () => {
  it('is reported once by its path, until it is back', async () => {
    program = await startReloadableProgram((file) => withKeys(file, keyed('a', 'cg_a')))
    const path = join(program.folder, 'certgraph.config.yaml')
    rmSync(path)
    const missing = `the configuration stays as it is: ${path} is missing; expected the configuration file that is in use`
    for (let polls = 0; polls < 4; polls += 1) await poll()
    await until(() => program.state.lastReload !== null)
    expect(mistakes()).toEqual([missing])
    program.write(withKeys(program.file, keyed('b', 'cg_b')))
    await poll()
    await poll()
    await until(() => program.state.lastReload?.successful === true)
    expect((await all('cg_b')).totalCount).toBeGreaterThan(0)
  })
})

describe('a file', () => {
  const reloads = () => program.log.filter(({ msg }) => msg === 'the configuration was read again').length

  it('is read again when it has changed and is the same at two polls', async () => {
    program = await startReloadableProgram()
    await poll()
    await poll()
    expect(program.state.lastReload).toBeNull()
    const text = JSON.stringify({ ...program.file, limits: { depth: 20 } })
    program.write(text.slice(0, -20))
    await poll()
    program.write(text)
    await poll()
    expect(program.state.lastReload).toBeNull()
    await poll()
    await until(() => program.state.lastReload !== null)
    expect(program.state.lastReload).toMatchObject({ successful: true })
    await poll()
    await poll()
    expect(reloads()).toBe(1)
  })

  it('with mistakes is read again when it has changed once more', async () => {
    program = await startReloadableProgram()
    program.write('openai: 7')
    await poll()
    await poll()
    await until(() => program.state.lastReload !== null)
    await poll()
    await poll()
    expect(mistakes()).toHaveLength(1)
    program.write(program.file)
    await poll()
    await poll()
    await until(() => program.state.lastReload?.successful === true)
  })
})
