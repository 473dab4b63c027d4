import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { digestOf, somePlaces, twoKeys } from '../../support/callers.ts'
import { runCommand } from '../../support/command-line.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { startSandboxes } from '../../support/sandboxes.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  jest.restoreAllMocks()
  for (const close of closers.splice(0)) await close()
})

/** Emulators, and a configuration file for them. */
async function startVendors(scale?: Parameters<typeof startSandboxes>[0]['scale'], settings: object = {}) {
  const vendors = await startSandboxes({ now: Date.now, limits: true, scale })
  closers.push(vendors.close)
  const file = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'config.json')
  writeFileSync(file, JSON.stringify({ ...vendors.file, ...settings }))
  return { ...vendors, file }
}

type Vendors = Awaited<ReturnType<typeof startVendors>>
const callsOf = ({ emulators }: Vendors) => emulators.flatMap(({ calls }) => calls)

describe('check of the configured vendors', () => {
  it('judges the certificates of all places, without a listener', async () => {
    const vendors = await startVendors()
    const listen = jest.spyOn(Server.prototype, 'listen')
    const { code, stdout, stderr } = await runCommand(['check', '--config', vendors.file])
    expect(listen).not.toHaveBeenCalled()
    expect(code).toBe(2)
    expect(stdout).toMatch(/^CERTGRAPH CRITICAL - 6 expired, 7 within 14d, 13 of unknown expiry, 4 within 30d \| /)
    expect(stdout).toContain('problems=0;;;0 certificates=51;;;0\n')
    expect(stdout).toMatch(/^CRITICAL +\S+ +\d+ +LIVEPERSON +Clearberth support chat +webhooks-payments$/m)
    expect(stderr).toBe(
      'warning: the rate limits of the vendors are not shared with a running server; check it with --url, or configure redis\n',
    )
  })

  it('reads each list once, however many pages and places the result has', async () => {
    const vendors = await startVendors({
      openai: { organizations: 1, certificatesPerOrganization: 250, projectsPerOrganization: 5 },
      akamai: { contractsPerAccount: 2, enrollmentsPerContract: 60 },
      liveperson: { accounts: 2, certificatesPerAccount: 60 },
    })
    const { stdout } = await runCommand(['check', '--config', vendors.file, '--warning', '9999d', '--format', 'json'])
    const { counts, certificates } = JSON.parse(stdout) as {
      counts: Record<string, number>
      certificates: { id: string; expiresAt: string | null }[]
    }
    expect(counts['certificates']).toBeGreaterThanOrEqual(250 + 2 * 60 + 2 * 60)
    expect(new Set(certificates.map(({ id }) => id)).size).toBe(counts['certificates'])
    const targets = callsOf(vendors).map(({ target }) => target)
    expect(new Set(targets).size).toBe(targets.length)
    // Neither the projects of OpenAI nor what only prefetching reads.
    expect(targets.filter((target) => target.includes('/projects'))).toEqual([])
  })

  it('reads no more than the named places', async () => {
    const vendors = await startVendors()
    const { code, stdout } = await runCommand([
      'check',
      '--config',
      vendors.file,
      '--place',
      '52710934',
      '--place',
      'le4830275',
    ])
    expect(code).toBe(2)
    expect(stdout).not.toContain('OPENAI')
    expect(vendors.sandboxes.openai.emulator.calls).toEqual([])
  })

  it.each([
    ['le999', '--place le999: this place is neither configured nor discovered; expected the vendor'],
    ['no place!', '--place no place!: no such place; expected the vendor'],
  ])('is unknown when the place %s matches nothing, also beside one that does', async (place, message) => {
    const vendors = await startVendors()
    const alone = await runCommand(['check', '--config', vendors.file, '--place', place])
    expect([alone.code, alone.stdout.startsWith(`CERTGRAPH UNKNOWN - ${message}`)]).toEqual([3, true])
    const both = await runCommand(['check', '--config', vendors.file, '--place', 'org_bluequay', '--place', place])
    expect(both.stdout).toContain(message)
    expect(both.stdout).toMatch(/^CERTGRAPH CRITICAL - \d+ expired/)
  })

  it('is unknown when nothing is listed', async () => {
    const vendors = await startVendors({ liveperson: { accounts: 1, certificatesPerAccount: 0 } })
    const { code, stdout } = await runCommand(['check', '--config', vendors.file, '--place', 'le7000000'])
    expect([code, stdout]).toEqual([3, expect.stringContaining('UNKNOWN - no certificate of place le7000000')])
  })

  it('names a place that cannot be read, and judges the others', async () => {
    const vendors = await startVendors()
    vendors.sandboxes.liveperson.emulator.fault({
      match: ({ path }) => path.includes('/52710934/'),
      effect: { status: 403 },
    })
    const { code, stdout } = await runCommand(['check', '--config', vendors.file])
    expect(code).toBe(2)
    expect(stdout.split('\n')[0]).toMatch(
      /CRITICAL - 6 expired, 6 within 14d, LivePerson 52710934 unreadable \(403\), /,
    )
    expect(stdout).toMatch(/\nProblems:\n {2}LivePerson 52710934 unreadable \(403\): LivePerson/)
    const only = await runCommand(['check', '--config', vendors.file, '--place', '52710934'])
    expect([only.code, only.stdout.split(' | ')[0]]).toEqual([
      3,
      'CERTGRAPH UNKNOWN - LivePerson 52710934 unreadable (403)',
    ])
  })

  it('leaves out what a renewal covers with --uncovered, and what is inactive with --active', async () => {
    const vendors = await startVendors()
    const names = async (...words: string[]) => {
      const { stdout } = await runCommand(['check', '--config', vendors.file, '--format', 'json', ...words])
      const { certificates } = JSON.parse(stdout) as { certificates: { name: string; provider: string }[] }
      return certificates.map(({ name }) => name)
    }
    const all = await names('--warning', '60d')
    const uncovered = await names('--warning', '60d', '--uncovered')
    const active = await names('--warning', '60d', '--active')
    for (const some of [uncovered, active]) {
      expect(some.length).toBeGreaterThan(0)
      expect(some.length).toBeLessThan(all.length)
      expect(all).toEqual(expect.arrayContaining(some))
    }
  })

  it('keeps the thresholds of the configuration, and takes those of the command line', async () => {
    const vendors = await startVendors(undefined, { expiry: { warning: '2d', critical: '1d' } })
    const counts = async (...words: string[]) =>
      (await runCommand(['check', '--config', vendors.file, ...words])).stdout.match(
        /critical=\d+;;;0 warning=\d+/,
      )?.[0]
    expect(await counts()).toBe('critical=0;;;0 warning=0')
    expect(await counts('--critical', '14d', '--warning', '30d')).toBe('critical=7;;;0 warning=4')
    expect(await counts('--critical', '14d')).toBe('critical=7;;;0 warning=0')
    expect(await counts('--warning', '30d')).toBe('critical=0;;;0 warning=11')
  })

  it('does not depend on HOST, nor on the access, the limits and the trusted documents of the server', async () => {
    const vendors = await startVendors(undefined, {
      access: { apiKeys: [{ name: 'shop', sha256: digestOf('cg_0123456789'), places: ['org_bluequay'] }] },
      limits: { cost: 1, depth: 1 },
    })
    const env = { HOST: '0.0.0.0', PORT: 'none' }
    const { code, stdout } = await runCommand(['check', '--config', vendors.file], { env })
    expect([code, stdout]).toEqual([2, expect.stringContaining('certificates=51;;;0')])
  })

  it('prints one line and exits with 3 for a configuration with mistakes, without the sandbox', async () => {
    const absent = await runCommand(['check'])
    expect(absent.code).toBe(3)
    expect(absent.stdout).toMatch(/^CERTGRAPH UNKNOWN - .*nothing is configured.*\n$/)
    expect(absent.stderr).toContain('CERTGRAPH_MODE=sandbox')
    const vendors = await startVendors(undefined, { expiry: { warnings: '30d' }, writes: 'maybe' })
    const broken = await runCommand(['check', '--config', vendors.file])
    expect([broken.code, broken.stdout.match(/\n/g)]).toEqual([3, ['\n']])
    expect(broken.stderr).toContain('expiry.warnings: ')
    expect(broken.stderr).toContain('writes: ')
  })

  it('is unknown at once when Redis is not available, and makes no call', async () => {
    const vendors = await startVendors(undefined, { redis: { url: 'redis://me:hush@127.0.0.1:1', replicas: 2 } })
    const { code, stdout, stderr } = await runCommand(['check', '--config', vendors.file], {
      clock: createManualClock(),
    })
    expect([code, stderr, callsOf(vendors)]).toEqual([3, '', []])
    expect(stdout).toMatch(/^CERTGRAPH UNKNOWN - Redis is not available \(ECONNREFUSED\), /)
    expect(stdout).not.toMatch(/rate limit reached|hush/)
  })

  it.each([
    ['arguments', ['--critcal', '3d'], 1, 'unknown option --critcal'],
    ['arguments before the format', ['--warning', 'soon'], 1, '--warning is no duration'],
    ['a configuration', ['--config', 'broken.json'], 2, 'expiry.warnings: '],
  ])('keeps to its format with wrong %s', async (_, words, count, message) => {
    const cwd = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const file = { openai: { organizations: [{ id: 'org', adminKey: 'sk-admin-hush' }] }, access: 'public' }
    writeFileSync(join(cwd, 'broken.json'), JSON.stringify({ ...file, expiry: { warnings: '30d' }, writes: 'maybe' }))
    const run = (...format: string[]) => runCommand(['check', ...words, ...format], { cwd })
    const json = await run('--format', 'json')
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([3, { status: 'UNKNOWN', exitCode: 3 }])
    const { problems } = JSON.parse(json.stdout) as { problems: { text: string }[] }
    expect(problems).toHaveLength(count)
    expect(problems[0]?.text).toContain(message)
    const junit = await run('--format=junit')
    expect([junit.code, junit.stdout]).toEqual([3, expect.stringMatching(/^<\?xml [\s\S]*<\/testsuites>\n$/)])
    expect(junit.stdout).toContain(`<testsuites tests="${count}" failures="0" errors="${count}">`)
    const github = await run('--format', 'github')
    expect(github.code).toBe(3)
    expect(github.stdout.match(/^::error title=/gm)).toHaveLength(count)
    for (const { stdout, stderr } of [json, junit, github]) expect(stdout + stderr).not.toContain('hush')
  })

  it('says that the certificates of the sandbox are invented', async () => {
    const { code, stderr } = await runCommand(['check'], { env: { CERTGRAPH_MODE: 'sandbox' } })
    expect([code, stderr]).toEqual([2, 'warning: sandbox: all certificates are invented\n'])
  })

  it.each([
    [['--critcal', '3d'], 'unknown option --critcal, did you mean --critical?'],
    [['--warning', 'soon'], '--warning is no duration; expected a number with d, h, m or s'],
    [['--warning', '10d', '--critical', '20d'], '--critical is longer than --warning'],
    [['--format', 'jsno'], 'unknown format, did you mean json?'],
    [['--url', 'http://certgraph.internal'], '--url would send the API key without encryption'],
    [['--url', 'https://me:hush@certgraph.internal'], '--url has a user name or password'],
    [['--url', 'certgraph'], '--url is no URL'],
    [['--url', 'https://a', '--config', 'b'], '--url and --config exclude each other'],
  ])('exits with 3 for the arguments %j', async (words, message) => {
    const { code, stdout, stderr } = await runCommand(['check', ...words])
    expect([code, stderr.startsWith(`certgraph: ${message}`)]).toEqual([3, true])
    expect(stdout).toMatch(/^CERTGRAPH UNKNOWN - certgraph: .*\n$/)
    expect(stdout + stderr).not.toContain('hush')
  })
})

describe('check of a running server', () => {
  let stack: Stack
  const [whole, limited] = twoKeys

  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      configure: (file) => ({
        ...file,
        access: {
          apiKeys: [
            { name: 'whole', sha256: digestOf(whole) },
            { name: 'limited', sha256: digestOf(limited), places: somePlaces },
            { name: 'none', sha256: digestOf(`${whole}-none`), scopes: ['certificates:content'] },
          ],
        },
      }),
    })
  })
  afterAll(() => stack.close())

  const checkAs = (key: string | undefined, ...words: string[]) =>
    runCommand(['check', '--url', new URL(stack.url).origin, ...words], {
      env: { ...(key && { CERTGRAPH_KEY: key }) },
      clock: stack.clock,
    })

  it('gives the result that the vendors give, and no warning about rate limits', async () => {
    const { code, stdout, stderr } = await checkAs(whole)
    expect([code, stderr]).toEqual([2, ''])
    expect(stdout).toMatch(/^CERTGRAPH CRITICAL - 6 expired, 7 within 14d, 13 of unknown expiry, 4 within 30d \| /)
  })

  it('checks the places of its key', async () => {
    const { stdout } = await checkAs(limited)
    expect(stdout).toContain('K-2CB4PY1')
    expect(stdout).not.toContain('C-1BQ7FR8')
  })

  it.each([
    ['no key', undefined, 'expects an API key; set CERTGRAPH_KEY'],
    ['a wrong key', 'cg_wrong-0123456789', 'does not accept the key in CERTGRAPH_KEY'],
    ['a key without the permission', `${whole}-none`, 'certificates:read'],
  ])('is unknown with %s, and explains it without the key', async (_, key, message) => {
    const { code, stdout, stderr } = await checkAs(key)
    expect([code, stdout]).toEqual([3, expect.stringContaining(message)])
    expect(stdout + stderr).not.toContain(key ?? 'cg_')
  })

  it('refuses a key that no header can have', async () => {
    expect((await checkAs('cg_a\nx: y')).stderr).toContain('CERTGRAPH_KEY is not an API key')
  })
})

describe('check of a server that requires trusted documents', () => {
  it('sends its operations by hash, which the server accepts besides those of its manifest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const [listed, other] = ['{ certificates(first: 1) { totalCount } }', '{ certificates(first: 2) { totalCount } }']
    const manifest = join(folder, 'documents.json')
    writeFileSync(manifest, JSON.stringify({ [digestOf(listed)]: listed }))
    writeFileSync(join(folder, 'listed.graphql'), listed)
    writeFileSync(join(folder, 'other.graphql'), other)
    const stack = await startStack({
      limits: false,
      configure: (file) => ({ ...file, documents: { mode: 'require', file: manifest } }),
    })
    closers.push(stack.close)
    const url = new URL(stack.url).origin
    const checked = await runCommand(['check', '--url', url, '--place', 'org_bluequay'], { clock: stack.clock })
    expect([checked.code, checked.stdout]).toEqual([2, expect.stringMatching(/^CERTGRAPH CRITICAL - \d+ expired/)])
    const plan = (query: string) => runCommand(['plan', '--url', url, '--query', query], { cwd: folder })
    expect(await plan('listed.graphql')).toMatchObject({ code: 0, stderr: '' })
    const refused = await plan('other.graphql')
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toContain('the server accepts trusted documents only')
  })
})

describe('check of another server', () => {
  type Respond = (request: IncomingMessage, response: ServerResponse) => void
  async function startServer(respond: Respond) {
    const requests: IncomingMessage[] = []
    const server = createServer((request, response) => {
      requests.push(request)
      respond(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(async () => {
      server.close()
      server.closeAllConnections()
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
  }
  const answering =
    (status: number, body: string, headers: Record<string, string> = {}): Respond =>
    (_, response) =>
      response.writeHead(status, headers).end(body)

  const report = { complete: true, incompleteReasons: [], sources: [] }
  const certificate = {
    id: 'a',
    provider: 'OPENAI',
    name: null,
    expiresAt: null,
    expiryStatus: 'UNKNOWN',
    place: { id: 'p', vendorId: 'org', label: 'Org' },
    owner: null,
  }
  /** Answers with these members of the total and of a page of certificates. Without a page, with none. */
  const answeringWith = (total: object, page?: object) => {
    const certificateStatistics = { total: 1, ...report, ...total }
    const lastPage = { hasNextPage: false, endCursor: null }
    const certificates = page && { nodes: [], pageInfo: lastPage, ...report, ...page }
    return answering(200, JSON.stringify({ data: { certificateStatistics, certificates } }))
  }

  it.each<[string, Respond, string]>([
    ['a host name that is not accepted', answering(421, 'no'), 'add it to server.hosts'],
    ['a page', answering(200, '<html>'), 'answers with status 200 and no GraphQL'],
    ['an unknown path', answering(404, 'no'), 'does not exist; expected the URL of certgraph'],
    ['an overload', answering(503, '{}', { 'retry-after': '7' }), 'answers 503; retry after 7 s'],
    ['a closed connection', (_, response) => response.destroy(), 'cannot be reached: other side closed'],
    ['no answer in time', () => {}, 'not finished within 1 s'],
    [
      'an error of GraphQL',
      answering(200, JSON.stringify({ errors: [{ message: 'too costly', extensions: { code: 'QUERY_TOO_COSTLY' } }] })),
      'too costly (QUERY_TOO_COSTLY)',
    ],
    ['an answer of null', answering(200, 'null'), 'no GraphQL'],
    ['errors that are no list', answering(200, '{"data":{},"errors":"x"}'), 'no GraphQL'],
    ['no data', answering(200, '{"data":null}'), 'the answer has neither certificateStatistics nor errors'],
    ['a list as data', answering(200, '{"data":[]}'), 'no GraphQL'],
    ['no member', answering(200, '{"data":{}}'), 'the answer has neither certificateStatistics nor errors'],
    [
      'a null member',
      answering(200, '{"data":{"certificateStatistics":null}}'),
      'the answer has neither certificateStatistics nor errors',
    ],
    ['a text as total', answeringWith({ total: 'x' }), 'malformed at certificateStatistics.total: '],
    ['a negative total', answeringWith({ total: -1 }), 'malformed at certificateStatistics.total: '],
    ['no complete', answeringWith({ complete: undefined }), 'malformed at certificateStatistics.complete: '],
    ['no sources', answeringWith({ sources: null }), 'malformed at certificateStatistics.sources: '],
    ['a source of null', answeringWith({ sources: [null] }), 'malformed at certificateStatistics.sources[0]: '],
    ['no list', answeringWith({}), 'the answer has neither certificates nor errors'],
    ['a list without nodes', answeringWith({}, { nodes: null }), 'malformed at certificates.nodes: '],
    [
      'a certificate without its place',
      answeringWith({}, { nodes: [{ ...certificate, place: undefined }] }),
      'malformed at certificates.nodes[0].place: ',
    ],
    [
      'an expiry that is no date',
      answeringWith({}, { nodes: [{ ...certificate, expiresAt: 'soon' }] }),
      'malformed at certificates.nodes[0].expiresAt: expected a date',
    ],
    [
      'an unknown status',
      answeringWith({}, { nodes: [{ ...certificate, expiryStatus: 'FINE' }] }),
      'malformed at certificates.nodes[0].expiryStatus: ',
    ],
    [
      'a further page without a cursor',
      answeringWith({}, { pageInfo: { hasNextPage: true, endCursor: null } }),
      'malformed at certificates.pageInfo: ',
    ],
  ])('is unknown with %s', async (_, respond, message) => {
    const { url } = await startServer(respond)
    const { code, stdout, stderr } = await runCommand(['check', '--url', url, '--timeout', '1s'])
    expect([code, stdout, stderr]).toEqual([3, expect.stringMatching(/^CERTGRAPH UNKNOWN - /), ''])
    expect(stdout).toContain(message)
  })

  it('ends in its time when each page has a further one, and counts what was read', async () => {
    const clock = createManualClock()
    let pages = 0
    const expired = { ...certificate, expiryStatus: 'EXPIRED' }
    const { url, requests } = await startServer((...exchange) => {
      clock.advance(100)
      pages += 1
      answeringWith({}, { nodes: [expired], pageInfo: { hasNextPage: true, endCursor: String(pages) } })(...exchange)
    })
    const { code, stdout } = await runCommand(['check', '--url', url, '--timeout', '2s'], { clock })
    expect([code, requests.length]).toEqual([2, 20])
    expect(stdout).toMatch(/^CERTGRAPH CRITICAL - 1 expired, not finished within 2 s; /)
  })

  it('is unknown when a cursor is repeated', async () => {
    const { url, requests } = await startServer(answeringWith({}, { pageInfo: { hasNextPage: true, endCursor: 'a' } }))
    const { code, stdout } = await runCommand(['check', '--url', url])
    expect([code, requests.length]).toEqual([3, 3])
    expect(stdout).toContain('the cursor of a page is repeated')
  })

  it('is OK with a whole answer', async () => {
    const { url } = await startServer(answeringWith({}, {}))
    const { code, stdout } = await runCommand(['check', '--url', url])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^CERTGRAPH OK - 1 certificate, none is due \|/)])
  })

  it('follows no redirect, which could take the key to another host', async () => {
    const other = await startServer(answering(200, '{}'))
    const { url } = await startServer(answering(307, '', { location: other.url }))
    const { code, stdout } = await runCommand(['check', '--url', url], { env: { CERTGRAPH_KEY: 'cg_0123456789' } })
    expect([code, other.requests]).toEqual([3, []])
    expect(stdout).toContain('redirects, which is not followed')
  })

  it('sends the key as a bearer token to the path of the API', async () => {
    const { url, requests } = await startServer(answering(401, '{}'))
    await runCommand(['check', '--url', url], { env: { CERTGRAPH_KEY: 'cg_0123456789' } })
    await runCommand(['check', '--url', `${url}/certs/graphql`])
    expect(requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/graphql', 'Bearer cg_0123456789'],
      ['/certs/graphql', undefined],
    ])
  })
})
