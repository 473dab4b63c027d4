import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { createFolder } from './support/folder.ts'

interface FaultyList {
  readonly totalCount: number
  readonly sources: readonly { place: { provider: string }; error: { code: string } | null }[]
}

const run = promisify(execFile)
const program = useBuiltProgram()

const { start } = program

async function endOf(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { stdout, stderr, code }
}

/** The packages that a built file imports statically, itself or through other built files. */
function packagesOf(file: string): string[] {
  const code = readFileSync(file, 'utf8')
  return [...code.matchAll(/^(?:import|\} from)\b[^;"]*"([^"]+)";$/gm)].flatMap(([, name = '']) =>
    name.startsWith('.') ? packagesOf(join(dirname(file), name)) : [name],
  )
}

describe('the process', () => {
  it('imports the packages of emulators, Redis, tokens and metrics only when the configuration needs them', () => {
    const dist = dirname(program.main)
    const serve = readdirSync(dist).find((name) => /^serve-\w+\.js$/.test(name)) ?? 'none'
    const packages = packagesOf(join(dist, serve))
    expect(packages).toEqual(expect.arrayContaining(['graphql-yoga', '@pothos/core', 'undici']))
    for (const name of [
      '@peculiar/x509',
      'reflect-metadata',
      'ioredis',
      'jose',
      'prom-client',
      '@graphql-yoga/render-graphiql',
    ])
      expect(packages).not.toContain(name)
  })

  it('imports no package before it knows the command', () => {
    expect(packagesOf(program.main).filter((name) => !name.startsWith('node:'))).toEqual([])
  })

  it('runs by its file name once it is built', async () => {
    const { stdout } = await run(program.main, ['key', 'dashboard'])
    expect(stdout).toContain('name: "dashboard"')
  })

  it('starts the sandbox when nothing is configured, and prints that', async () => {
    const child = start({})
    const { url, printed } = await addressOf(child)
    expect(printed).toContain('SANDBOX')
    const health = await fetch(`${url}/health`)
    expect(await health.json()).toMatchObject({ status: 'ok', mode: 'sandbox', access: 'public' })
    expect(health.headers.get('x-certgraph-mode')).toBe('sandbox')
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ certificates { totalCount complete } }' }),
    })
    const { data } = (await response.json()) as { data: { certificates: { totalCount: number; complete: boolean } } }
    expect(data.certificates.complete).toBe(true)
    expect(data.certificates.totalCount).toBeGreaterThan(40)
  }, 30_000)

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'exits with code 0 on %s',
    async (signal) => {
      const child = start({})
      const { url } = await addressOf(child)
      expect((await fetch(`${url}/ready`)).status).toBe(200)
      child.kill(signal)
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
    },
    30_000,
  )

  it('prints all mistakes of the configuration without secrets, and exits with code 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    writeFileSync(
      join(folder, 'certgraph.config.yaml'),
      'openai: { organizations: [{ id: org/acme, adminKey: hush-hush, projets: discover }] }\nexpiry: { critical: soon }\n',
    )
    const { stdout, stderr, code } = await endOf(start({}, folder))
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('openai.organizations[0].id: ')
    expect(stderr).toContain('openai.organizations[0].projets: ')
    expect(stderr).toContain('expiry.critical: ')
    expect(stderr).not.toContain('hush-hush')
  }, 30_000)

  it('names the file, the places, the accepted hosts and the variables that are not used', async () => {
    const folder = createFolder({
      'certgraph.config.yaml':
        'openai: { organizations: [{ id: org_acme, adminKey: hush }] }\nserver: { hosts: [a.example] }\n',
    })
    const child = start({ LIVEPERSON_TOKEN: 'hush-hush', CERTGRAPH_HOSTS: 'b.example' }, folder)
    const { printed, url } = await addressOf(child)
    expect(printed).toContain(`listens at ${url}/graphql\nPAGE at ${url}/\n`)
    expect(printed).toContain(`CONFIGURATION: ${join(folder, 'certgraph.config.yaml')}\n`)
    expect(printed).toContain('PLACES: 1 configured, OPENAI org_acme\n')
    expect(printed).toContain('HOSTS: localhost, 127.0.0.1, [::1], a.example\n')
    expect(printed).toContain('NOT USED: LIVEPERSON_TOKEN, CERTGRAPH_HOSTS\n')
    const log = await new Promise<string>((resolve) => child.stderr.once('data', (chunk) => resolve(String(chunk))))
    expect(log).toContain('"variables":["LIVEPERSON_TOKEN","CERTGRAPH_HOSTS"]')
    expect(printed + log).not.toContain('hush')
  }, 30_000)

  it('lets emulated vendors fail, for a web page of a loopback origin', async () => {
    const origin = 'http://localhost:5173'
    const { url } = await addressOf(start({ CERTGRAPH_SANDBOX_FAULTS: 'akamai:403,liveperson:timeout' }))
    const preflight = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({
        query: '{ certificates { totalCount complete sources { status place { provider } error { code } } } }',
      }),
    })
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    const { certificates } = ((await response.json()) as { data: { certificates: FaultyList } }).data
    expect(certificates).toMatchObject({ complete: false })
    expect(certificates.totalCount).toBeGreaterThan(0)
    const codes = (provider: string) =>
      new Set(
        certificates.sources.filter(({ place }) => place.provider === provider).map(({ error }) => error?.code ?? 'OK'),
      )
    expect(codes('AKAMAI')).toEqual(new Set(['UPSTREAM_FORBIDDEN']))
    expect(codes('LIVEPERSON')).toEqual(new Set(['UPSTREAM_TIMEOUT']))
    expect(codes('OPENAI')).toEqual(new Set(['OK']))
    const elsewhere = await fetch(`${url}/health`, { headers: { origin: 'https://app.example' } })
    expect(elsewhere.headers.has('access-control-allow-origin')).toBe(false)
  }, 30_000)

  it('refuses to start the sandbox in production', async () => {
    const { stderr, code } = await endOf(start({ NODE_ENV: 'production' }))
    expect(code).toBe(1)
    expect(stderr).toContain('nothing is configured')
  }, 30_000)

  it('refuses to listen on all interfaces when no access is configured', async () => {
    const { stderr, code } = await endOf(
      start({ HOST: '0.0.0.0', OPENAI_ORG_ID: 'org_acme', OPENAI_ADMIN_KEY: 'hush' }),
    )
    expect(code).toBe(1)
    expect(stderr).toContain('access: public')
  }, 30_000)

  it('prints a new key for the command key, and exits', async () => {
    const { stdout, stderr, code } = await endOf(start({ HOST: 'no host' }, undefined, 'key', 'dashboard'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^cg_\S{43}$/m)
    expect(stdout).toContain('name: "dashboard"')
    expect(stderr).toBe('')
  }, 30_000)

  it('imports runtime dependencies only, whatever the command', () => {
    const dist = dirname(program.main)
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }
    const imported = readdirSync(dist)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [
        ...readFileSync(join(dist, name), 'utf8').matchAll(/(?:^(?:import|\} from) "|import\(")([^".][^"]*)"/gm),
      ])
      .map(([, name = '']) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !name.startsWith('node:'))
    expect(imported).toContain('graphql')
    expect([...new Set(imported)].filter((name) => !Object.keys(dependencies).includes(name))).toEqual([])
  })

  it('prints the schema for clients, as the repository has it', async () => {
    const { stdout, stderr, code } = await endOf(
      start({ NODE_ENV: 'production', HOST: 'no host' }, undefined, 'schema'),
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(readFileSync('schema.graphql', 'utf8'))
  }, 30_000)

  it('prints the schema for a federation registry, as the configuration sets it, without needing its secrets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const published = await endOf(start({}, folder, 'subgraph'))
    expect(published).toEqual({ stdout: readFileSync(resolve('test/subgraph.graphql'), 'utf8'), stderr: '', code: 0 })

    const file = join(folder, 'certgraph.config.yaml')
    writeFileSync(
      file,
      `openai: { organizations: [{ id: org_acme, adminKey: "\${SECRET}" }] }\nfederation: { requiresScopes: false }\n`,
    )
    const { stdout, stderr, code } = await endOf(start({ NODE_ENV: 'production' }, folder, 'subgraph'))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('requiresScopes')
    expect(stdout).toContain('@tag(name: "pem")')
    expect(stdout.length).toBeGreaterThan(0.9 * published.stdout.length)

    writeFileSync(file, 'federation: { requiresScopes: no, requireScopes: false }\n')
    const refused = await endOf(start({}, folder, 'subgraph'))
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toContain('federation.requiresScopes: found a string; expected true or false')
    expect(refused.stderr).toContain('federation.requireScopes: unknown; expected one of requiresScopes')
  }, 30_000)

  it('checks certificates as a Nagios plugin, and ends', async () => {
    const { stdout, stderr, code } = await endOf(start({ CERTGRAPH_MODE: 'sandbox' }, undefined, 'check'))
    expect([code, stderr]).toEqual([2, 'warning: sandbox: all certificates are invented\n'])
    expect(stdout).toMatch(/^CERTGRAPH CRITICAL - \d+ expired, \d+ within 14d, .* \| expired=\d+;;;0 /)
    const refused = await endOf(start({ NODE_ENV: 'production' }, undefined, 'check'))
    expect([refused.code, refused.stdout]).toEqual([3, expect.stringMatching(/^CERTGRAPH UNKNOWN - /)])
  }, 30_000)

  it('does not end while a check waits to try a call again', async () => {
    const vendor = createServer((_, response) => response.writeHead(503, { connection: 'close' }).end())
    vendor.listen(0, '127.0.0.1')
    await once(vendor, 'listening')
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const baseUrl = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
    const organization = { id: 'org_acme', adminKey: 'hush-hush', baseUrl, projects: [] }
    writeFileSync(join(folder, 'certgraph.config.yaml'), JSON.stringify({ openai: { organizations: [organization] } }))
    const { stdout, code } = await endOf(start({}, folder, 'check'))
    vendor.close()
    expect([code, stdout.split(' | ')[0]]).toEqual([3, 'CERTGRAPH UNKNOWN - OpenAI org_acme unreadable (503)'])
  }, 30_000)

  it('prints its usage for --help and its version for --version, and exits', async () => {
    const { stdout, stderr, code } = await endOf(start({ HOST: 'no host' }, undefined, '--help'))
    expect([code, stderr]).toEqual([0, ''])
    for (const word of ['key [name]', 'subgraph', 'HOST', 'PORT', 'LOG_LEVEL', 'CERTGRAPH_CONFIG', 'CERTGRAPH_MODE'])
      expect(stdout).toContain(word)
    expect(await endOf(start({}, undefined, '--version'))).toEqual({ stdout: '0.1.0\n', stderr: '', code: 0 })
  }, 30_000)

  it.each([['keys'], ['key', 'a', 'b'], ['key', 'a:b'], ['subgraph', 'a']])(
    'rejects invalid arguments: %s %s %s',
    async (...words) => {
      const { stdout, stderr, code } = await endOf(start({}, undefined, ...words))
      expect(code).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^certgraph: .*expected .*\n$/)
    },
    30_000,
  )

  it('listens where --host and --port say, also without the name of the command', async () => {
    for (const words of [
      ['serve', '--host', '127.0.0.2', '--port=0'],
      ['--host', '127.0.0.2', '--port', '0'],
    ]) {
      const { url } = await addressOf(start({ HOST: '127.0.0.1', PORT: '1' }, undefined, ...words))
      expect(new URL(url).hostname).toBe('127.0.0.2')
    }
  }, 30_000)

  it('reads the file that --config names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    writeFileSync(join(folder, 'own.yaml'), 'liveperson: { accounts: [{ id: le1, token: hush-hush }] }')
    const { printed } = await addressOf(start({ CERTGRAPH_CONFIG: 'absent.yaml' }, folder, '--config', 'own.yaml'))
    expect(printed).not.toContain('SANDBOX')
  }, 30_000)

  it('names the address that is in use, and the variable to change', async () => {
    const { url } = await addressOf(start({}))
    const { stderr, code } = await endOf(start({ PORT: new URL(url).port }))
    expect(code).toBe(1)
    expect(stderr).toContain('EADDRINUSE')
    expect(stderr).toContain('PORT')
  }, 30_000)
})
