import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { toEffectiveConfig } from '../../../src/cli/config/effective-config.ts'
import { parseConfig } from '../../../src/config.ts'
import type { ProviderList } from '../../../src/providers/provider.ts'
import { digestOf } from '../../support/callers.ts'
import { runCommand } from '../../support/command-line.ts'
import { credentials } from '../../support/config-parts.ts'
import { exampleVendor } from '../../support/fixture-vendor/index.ts'
import { describeWithRedis, startRedis } from '../../support/redis/redis-server.ts'
import { startSandboxes } from '../../support/sandboxes.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function writeConfig(content: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'config.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

const secrets = {
  adminKey: 'sk-admin-hush',
  clientSecret: 'cs-hush',
  accessToken: 'at-hush',
  clientToken: 'ct-hush',
  token: 'lp-hush',
  oauth: 'oauth-hush',
  redis: 'redis-hush/x',
  redisSecret: 'redis-secret-hush-hush-hush-hush-hush',
  webhook: `whsec_${'hush'.repeat(12)}`,
  webhookUrl: 'https://hooks.example/hush-hush-hush?hush=hush-hush',
}
const digest = digestOf('cg_0123456789')
const whole = {
  server: { hosts: ['certs.example'] },
  access: { apiKeys: [{ name: 'shop', sha256: digest, places: ['org_acme'] }] },
  redis: {
    url: `rediss://user:${encodeURIComponent(secrets.redis)}@redis.example`,
    replicas: 2,
    secret: secrets.redisSecret,
  },
  notify: [{ url: secrets.webhookUrl, secret: secrets.webhook, kinds: ['EXPIRED'] }],
  upstream: { akamai: { ttl: '90s' } },
  openai: { organizations: [{ id: 'org_acme', name: `Acme ${secrets.token}`, adminKey: secrets.adminKey }] },
  akamai: {
    accounts: [{ id: 'acme', credentials: { ...credentials, ...pick('clientSecret', 'accessToken', 'clientToken') } }],
  },
  liveperson: {
    accounts: [
      { id: 'le1', token: secrets.token },
      { id: 'le2', credentials: { clientId: 'client-le2', clientSecret: secrets.oauth } },
    ],
  },
}

function pick(...names: (keyof typeof secrets)[]) {
  return Object.fromEntries(names.map((name) => [name, secrets[name]]))
}

describe('config print', () => {
  it('prints the settings and the defaults of every section, and no secret', async () => {
    const { code, stdout, stderr } = await runCommand(['config', 'print', '--config', writeConfig(whole)], {
      env: { PORT: '4711' },
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^# mode: live\n# Environment variables:\n# HOST=127\.0\.0\.1\n# PORT=4711\n/)
    expect(parseYaml(stdout)).toMatchObject({
      server: { hosts: ['certs.example'], drainDelay: '5s' },
      access: { apiKeys: [{ name: 'shop', places: ['org_acme'] }] },
      expiry: { critical: '14d', warning: '30d' },
      upstream: { deadline: '25s', akamai: { ttl: '90s', concurrency: 8 }, openai: { ttl: '1m' } },
      openai: { organizations: [{ id: 'org_acme', adminKey: '[redacted]', baseUrl: 'https://api.openai.com/v1' }] },
      redis: { url: 'rediss://user:[redacted]@redis.example', replicas: 2, secret: '[redacted]' },
      liveperson: { accounts: [{ id: 'le1' }, { id: 'le2' }] },
      notify: [{ url: '[redacted]', secret: '[redacted]', kinds: ['EXPIRED'], format: 'json', allowPrivate: false }],
    })
    for (const secret of [...Object.values(secrets), encodeURIComponent(secrets.redis), digest])
      expect(stdout).not.toContain(secret)
  })

  it('prints what is a configuration file again, once the masked secrets are replaced', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const example = parseYaml(readFileSync('certgraph.config.example.yaml', 'utf8')) as Record<string, object>
    const akamai = example['akamai'] as { accounts: object[] }
    const [fromEdgerc, partner] = akamai.accounts
    const edgerc =
      'host = h.example\nclient_token = hush-ct\nclient_secret = hush-cs\naccess_token = hush-at\naccount_key = 1-KEY'
    writeFileSync(join(cwd, 'edgerc'), `[default]\n${edgerc}\nmax_body = 2048\n`)
    const query = '{ __typename }'
    writeFileSync(join(cwd, 'documents.json'), JSON.stringify({ [digestOf(query)]: query }))
    const full = {
      ...example,
      akamai: { accounts: [{ ...fromEdgerc, edgerc: { path: 'edgerc' } }, partner] },
      access: {
        apiKeys: [
          { name: 'shop', sha256: digest, scopes: ['metrics:read'], places: ['org_example'] },
          { name: 'b', sha256: digestOf('b') },
        ],
        jwt: [{ issuer: 'https://id.example.com', audience: 'certgraph', jwksUrl: 'https://id.example.com/jwks' }],
      },
      redis: { url: 'rediss://user:hush-redis@redis.example:6380/1', replicas: 3 },
      documents: { mode: 'allow', file: 'documents.json' },
      metrics: { enabled: true, host: '0.0.0.0', port: 9464, access: 'public', operations: ['Dashboard'] },
      expiry: { lifetime: { warning: 0.333333, critical: '1/6' }, openai: { warning: '180d', lifetime: 'none' } },
      limits: { body: '12345B', reading: { bytes: '2048MiB' } },
      owners: [
        {
          match: { provider: 'AKAMAI', names: ['www.*'] },
          owner: 'shop',
          contact: '#shop',
          runbookUrl: 'https://a.example',
        },
        { match: {}, owner: 'rest' },
      ],
      upstream: { ttl: '1500ms', deadline: '90s', akamai: { budget: 5, prefetch: true } },
      writes: 'enabled',
    }
    const env = {
      ...Object.fromEntries(
        [
          'OPENAI_ADMIN_KEY',
          'AKAMAI_CLIENT_TOKEN',
          'AKAMAI_CLIENT_SECRET',
          'AKAMAI_ACCESS_TOKEN',
          'LIVEPERSON_TOKEN',
          'LIVEPERSON_CLIENT_ID',
          'LIVEPERSON_CLIENT_SECRET',
        ].map((name) => [name, `hush-${name}`]),
      ),
    }
    writeFileSync(join(cwd, 'full.json'), JSON.stringify(full))
    const print = (file: string) => runCommand(['config', 'print', '--config', file], { cwd, env })
    const printed = await print('full.json')
    expect([printed.code, printed.stderr]).toEqual([0, ''])
    expect(printed.stdout).not.toMatch(
      /hush-(?!LIVEPERSON_CLIENT_ID)|numerator|isPublic|listener|sandboxFaults|vendors|source|secret\]/,
    )
    expect(parseYaml(printed.stdout)).toMatchObject({
      expiry: { lifetime: { warning: '0.333333', critical: '1/6' }, openai: { warning: '180d', lifetime: 'none' } },
      metrics: { host: '0.0.0.0', port: 9464, access: 'public' },
      limits: { body: '12345B', answer: '16MiB', reading: { bytes: '2048MiB' } },
      upstream: { deadline: '90s', openai: { ttl: '1500ms' }, akamai: { budget: 5, prefetch: true } },
      owners: [
        { owner: 'shop', contact: '#shop' },
        { match: {}, owner: 'rest' },
      ],
      liveperson: { accounts: [{ token: '[redacted]' }, { credentials: { clientSecret: '[redacted]' } }] },
    })
    let replaced = 0
    const again = printed.stdout.replaceAll('[redacted]', () => {
      replaced += 1
      return digestOf(String(replaced))
    })
    expect(replaced).toBeGreaterThan(8)
    writeFileSync(join(cwd, 'again.yaml'), again)
    const checked = await runCommand(['config', 'check', '--config', 'again.yaml'], { cwd })
    expect(checked).toEqual({ code: 0, stdout: 'the configuration is valid: 3 vendors\n', stderr: '' })
    expect((await print('again.yaml')).stdout).toBe(printed.stdout)
  })

  it('prints no secret of a vendor that it does not name', () => {
    const file = { example: { accounts: [{ id: 'acme', token: 'example-hush' }] } }
    const list: ProviderList = { example: exampleVendor }
    const config = parseConfig(list, file, { env: {}, cwd: '/', mode: 'live' })
    expect(config.secrets).toContain('example-hush')
    const printed = JSON.stringify(toEffectiveConfig(config, list))
    expect(printed).toContain('"acme"')
    expect(printed).not.toContain('example-hush')
    // Neither by the name of its setting alone, nor by its value alone.
    expect(JSON.stringify(toEffectiveConfig({ ...config, secrets: [] }, list))).not.toContain('example-hush')
    const elsewhere = { ...config, server: { ...config.server, hosts: ['example-hush'] } }
    expect(JSON.stringify(toEffectiveConfig(elsewhere, list))).not.toContain('example-hush')
  })
})

describe('config check', () => {
  it('prints every mistake', async () => {
    const file = writeConfig({ ...whole, writes: 'maybe', expiry: { warnings: '3d' } })
    const { code, stdout, stderr } = await runCommand(['config', 'check', '--config', file])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('certgraph config check: the configuration has mistakes:\n')
    expect(stderr).toContain('writes: ')
    expect(stderr).toContain('expiry.warnings: ')
    expect(stderr).not.toContain('hush')
  })

  it('prints a place that is not configured together with other mistakes', async () => {
    const owners = [{ match: { places: ['org_other'], provider: 'LIVEPERSON' }, owner: 'web' }]
    const file = writeConfig({ ...whole, owners, writes: 'maybe' })
    const { code, stderr } = await runCommand(['config', 'check', '--config', file])
    expect(code).toBe(1)
    expect(stderr).toMatch(/line 1, column \d+: writes: /)
    expect(stderr).toMatch(/line 1, column \d+: owners\[0\]\.match\.places\[0\]: is neither configured nor discovered/)
    expect(stderr).not.toContain('hush')
  })

  it('finds the mistakes that only the assembled program shows, without a call', async () => {
    const manifest = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'documents.json')
    writeFileSync(manifest, JSON.stringify({ [digestOf('{ unknown }')]: '{ unknown }' }))
    const file = writeConfig({ ...whole, documents: { mode: 'require', file: manifest } })
    const { code, stderr } = await runCommand(['config', 'check', '--config', file])
    expect(code).toBe(1)
    expect(stderr).toContain('documents.file')
  })

  it('says that the configuration is valid, or that there is none', async () => {
    const valid = await runCommand(['config', 'check', '--config', writeConfig(whole)])
    expect(valid).toEqual({ code: 0, stdout: 'the configuration is valid: 3 vendors\n', stderr: '' })
    const { code, stdout } = await runCommand(['config', 'check', '--connect'])
    expect([code, stdout]).toEqual([0, 'nothing is configured: certgraph would start the sandbox\n'])
  })
})

describe('config check --connect', () => {
  async function startVendors(configure: (file: object) => object = (file) => file) {
    const vendors = await startSandboxes({ now: Date.now, limits: true })
    closers.push(vendors.close)
    const file = writeConfig(configure(vendors.file))
    return { ...vendors, connect: () => runCommand(['config', 'check', '--connect', '--config', file]) }
  }
  const lists = /\/certificates\b|\/contracts\/|\/enrollments/

  it('makes one call for each account, besides what the call needs, and prints its status and time', async () => {
    const { connect, emulators } = await startVendors()
    const { code, stdout, stderr } = await connect()
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trim().split('\n').slice(1).sort()
    expect(lines.map((line) => line.replace(/\d+ ms$/, 'x ms'))).toEqual([
      'OK      Akamai bluequay: 200, x ms',
      'OK      LivePerson 52710934: 200, x ms',
      'OK      LivePerson le4830275: 200, x ms',
      'OK      OpenAI org_bluequay: 200, x ms',
    ])
    const calls = emulators.flatMap((emulator) => emulator.calls)
    expect(calls.filter(({ method, target }) => method === 'GET' && lists.test(target))).toHaveLength(4)
    expect(calls.every(({ method, target }) => method === 'GET' || target.endsWith('/token'))).toBe(true)
  })

  it('reads the first page of a list with several', async () => {
    const vendors = await startSandboxes({
      now: Date.now,
      limits: true,
      scale: { openai: { organizations: 1, certificatesPerOrganization: 250, projectsPerOrganization: 1 } },
    })
    closers.push(vendors.close)
    const file = writeConfig({ openai: vendors.file.openai })
    const { code, stdout } = await runCommand(['config', 'check', '--connect', '--config', file])
    expect([code, stdout]).toEqual([0, expect.stringContaining('OK      OpenAI org_scaled0: 200')])
    expect(vendors.sandboxes.openai.emulator.calls).toHaveLength(1)
  })

  it.each([
    [401, 'UPSTREAM_UNAUTHENTICATED'],
    [403, 'UPSTREAM_FORBIDDEN'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('prints what a vendor answers with status %i, and calls the account once', async (status, code) => {
    const { connect, sandboxes } = await startVendors()
    for (const { emulator } of Object.values(sandboxes)) emulator.fault({ effect: { status } })
    const connected = await connect()
    expect(connected.code).toBe(1)
    const lines = connected.stdout.trim().split('\n').slice(1)
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(line).toMatch(new RegExp(`^FAILED {2}\\w+ \\w+: ${status}, \\d+ ms, ${code}: .`))
    for (const { emulator } of Object.values(sandboxes)) {
      const targets = emulator.calls.map(({ target, headers }) => `${target} ${headers.host}`)
      expect(new Set(targets).size).toBe(targets.length)
    }
  })

  it('names an account that gives no answer, and prints no secret', async () => {
    const { connect, sandboxes, file } = await startVendors()
    sandboxes.openai.emulator.fault({ effect: 'reset' })
    sandboxes.liveperson.emulator.fault({ effect: { status: 401, body: JSON.stringify(file) } })
    const { code, stdout, stderr } = await connect()
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAILED {2}OpenAI org_bluequay: no answer, \d+ ms, UPSTREAM_UNAVAILABLE: /m)
    expect(stdout).toMatch(/^OK {6}Akamai bluequay: 200/m)
    const { organizations } = file.openai
    for (const { adminKey } of organizations) expect(stdout + stderr).not.toContain(adminKey)
    for (const { token } of file.liveperson.accounts) if (token) expect(stdout + stderr).not.toContain(token)
  })

  it('reads a configured contract where the contracts are not discovered', async () => {
    const { connect, sandboxes } = await startVendors((file) => {
      const { akamai } = file as { akamai: { accounts: object[] } }
      return { akamai: { accounts: akamai.accounts.map((account) => ({ ...account, contracts: ['C-1BQ7FR8'] })) } }
    })
    expect((await connect()).stdout).toMatch(/^OK {6}Akamai bluequay: 200/m)
    expect(sandboxes.akamai.emulator.calls.map(({ target }) => target)).toEqual([expect.stringContaining('C-1BQ7FR8')])
  })

  it('says that Redis is not available, without its password', async () => {
    const { connect } = await startVendors((file) => ({
      ...file,
      redis: { url: 'redis://me:hush@127.0.0.1:1', replicas: 2 },
    }))
    const { code, stdout, stderr } = await connect()
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(/^FAILED {2}Redis: ECONNREFUSED, \d+ ms$/m)
    expect(stdout).toMatch(/^OK {6}OpenAI org_bluequay: 200/m)
    expect(stdout).not.toContain('hush')
  })
})

describeWithRedis('config check --connect with Redis', () => {
  it('says that Redis is available', async () => {
    const redis = await startRedis()
    closers.push(redis.stop)
    const vendors = await startSandboxes({ now: Date.now, limits: true })
    closers.push(vendors.close)
    const file = writeConfig({ openai: vendors.file.openai, redis: { url: redis.url, replicas: 2 } })
    const { code, stdout } = await runCommand(['config', 'check', '--connect', '--config', file])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^OK {6}Redis: \d+ ms$/m)])
  })
})
