import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'

const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
const url = 'https://hooks.example/certs-0123456789abcdef?token=hush-0123456789'
const endpoint = { url, secret: key(32) }
const fileWith = (...notify: object[]) => ({ ...minimalFile, notify })
const mistakesIn = (...notify: object[]) => mistakesOf(() => parse(fileWith(...notify)))

describe('notify', () => {
  it('has no endpoints by default', () => {
    expect(parse(minimalFile).notify).toEqual([])
  })

  it('gives each endpoint its defaults, and names it by its position', () => {
    expect(parse(fileWith(endpoint)).notify).toEqual([
      {
        label: 'notify[0]',
        name: null,
        url,
        secrets: [key(32)],
        format: 'json',
        kinds: null,
        owners: null,
        places: null,
        minStatus: null,
        allowPrivate: false,
      },
    ])
  })

  it('takes a name, filters and several secrets', () => {
    const owners = [{ match: {}, owner: 'storefront' }]
    const settings = {
      name: 'on call',
      url,
      secret: [key(24), key(64)],
      kinds: ['EXPIRING', 'SOURCE_UNAVAILABLE'],
      owners: ['storefront'],
      places: ['org_acme'],
      minStatus: 'CRITICAL',
    }
    const { secret, ...filters } = settings
    expect(parse({ ...fileWith(settings), owners }).notify).toEqual([
      expect.objectContaining({ ...filters, label: 'on call', secrets: secret }),
    ])
  })

  it('is off in the sandbox', () => {
    expect(parseForSandbox(fileWith(endpoint)).notify).toEqual([])
  })

  it.each([
    'http://hooks.example/hush',
    'http://127.0.0.1/hush',
    'ftp://hooks.example/hush',
    'hooks.example/hush',
    'https://',
    'https://hooks.example/hu sh',
    'https://hooks.example/#hush',
    'https://ann:hush@hooks.example/',
    '',
    7,
  ])('does not accept the URL %j and does not repeat it', (wrong) => {
    const mistakes = mistakesIn({ ...endpoint, url: wrong, allowPrivate: true })
    expect(mistakes).toEqual([expect.stringMatching(/^notify\[0\]\.url: .+; expected .+/)])
    expect(mistakes[0]).not.toMatch(/hu ?sh/)
  })

  it('names what is wrong with a URL that has a fragment', () => {
    expect(mistakesIn({ ...endpoint, url: 'https://hooks.example/a#hush' })).toEqual([
      'notify[0].url: has a fragment; expected a URL without the # and what follows it',
    ])
  })

  it.each([
    'https://127.0.0.1/',
    'https://localhost:8443/',
    'https://localhost./',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[fd00::1]/',
  ])('accepts the address in %s with allowPrivate only', (address) => {
    expect(mistakesIn({ ...endpoint, url: address })).toEqual([
      'notify[0].url: an address that is not public; expected a public one, or "allowPrivate: true" beside it',
    ])
    expect(mistakesIn({ ...endpoint, url: address, allowPrivate: true })).toEqual([])
  })

  it.each([
    ['without its prefix', key(32).slice(6)],
    ['too short', key(23)],
    ['too long', key(65)],
    ['not base64', 'whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_'],
    ['cut off', `${key(32)}=`],
    ['of an asymmetric key', key(32).replace('whsec', 'whsk')],
  ])('does not accept a secret that is %s, and does not repeat it', (_, secret) => {
    const mistakes = mistakesIn({ ...endpoint, secret })
    expect(mistakes).toEqual([
      expect.stringMatching(
        /^notify\[0\]\.secret: not valid; expected whsec_ and the base64 of 24 to 64 random bytes, or a list of up to 3$/,
      ),
    ])
    expect(mistakes[0]).not.toContain(secret)
  })

  it.each([[[]], [[key(32), key(32), key(32), key(32)]], [[key(32), key(5)]], [7]])('does not accept %j', (secret) => {
    expect(mistakesIn({ ...endpoint, secret })).toEqual([expect.stringMatching(/^notify\[0\]\.secret: .+; expected/)])
  })

  it('needs a secret, besides for Slack', () => {
    expect(mistakesIn({ url })).toEqual([
      'notify[0].secret: missing; expected whsec_ and the base64 of 24 to 64 random bytes, with which the receiver checks signatures',
    ])
    expect(mistakesIn({ url, format: 'slack' })).toEqual([])
  })

  it.each([
    [{ format: 'teams' }, /^notify\[0\]\.format: .+; expected json or slack$/],
    [{ kinds: ['expiring'] }, /^notify\[0\]\.kinds\[0\]: .+; expected one of ACTIVATED, .+, SOURCE_UNAVAILABLE$/],
    [{ kinds: [] }, /^notify\[0\]\.kinds: empty; expected a list of 1 to 200 kinds$/],
    [{ owners: [] }, /^notify\[0\]\.owners: empty; expected a list of 1 to 200 owners$/],
    [
      { owners: ['storefront'] },
      /^notify\[0\]\.owners\[0\]: the owner of no rule; expected an owner of a rule in owners$/,
    ],
    [{ places: 'org_acme' }, /^notify\[0\]\.places: .+; expected a list of 1 to 200 ids of places$/],
    [{ minStatus: 'WORST' }, /^notify\[0\]\.minStatus: .+; expected one of OK, UNKNOWN, WARNING, CRITICAL, EXPIRED$/],
    [{ name: 'notify[1]' }, /^notify\[0\]\.name: .+; expected a name of 1 to 64 letters/],
    [{ retries: 3 }, /^notify\[0\]\.retries: unknown; expected one of name, url, secret, /],
  ])('does not accept %j', (settings, mistake) => {
    expect(mistakesIn({ ...endpoint, ...settings })).toEqual([expect.stringMatching(mistake)])
  })

  it('has distinct names', () => {
    expect(mistakesIn({ ...endpoint, name: 'a' }, { ...endpoint, name: 'a' })).toEqual([
      'notify[1].name: the name of notify[0] too; expected another name',
    ])
  })

  it('has its URL, parts of it and its secrets among the secrets', () => {
    const { secrets } = parse(fileWith(endpoint))
    expect(secrets).toEqual(
      expect.arrayContaining([
        url,
        '/certs-0123456789abcdef?token=hush-0123456789',
        '/certs-0123456789abcdef',
        key(32),
        key(32).slice(6),
      ]),
    )
  })

  it('reads places ahead, unless that is set otherwise', () => {
    const prefetchOf = (file: object) => parse(file).providers.openai?.upstream.prefetch
    expect(prefetchOf(minimalFile)).toBe(false)
    expect(prefetchOf(fileWith(endpoint))).toBe(true)
    expect(prefetchOf({ ...fileWith(endpoint), upstream: { prefetch: false } })).toBe(false)
  })
})

describe('server.publicUrl', () => {
  const publicUrlOf = (publicUrl: unknown) => parse({ ...minimalFile, server: { publicUrl } }).server.publicUrl

  it.each([
    ['https://certgraph.example.com', 'https://certgraph.example.com'],
    ['https://tools.example/certs/', 'https://tools.example/certs'],
    ['http://certgraph.internal:4000', 'http://certgraph.internal:4000'],
  ])('may be %s', (given, read) => {
    expect(publicUrlOf(given)).toBe(read)
  })

  it.each(['javascript:alert(1)', 'certgraph.example', 'https://a.example?x=1', 'https://ann:hush@a.example', '', 7])(
    'may not be %j',
    (given) => {
      expect(mistakesOf(() => publicUrlOf(given))).toEqual([expect.stringMatching(/^server\.publicUrl: .+; expected/)])
    },
  )

  it('is not set by default', () => {
    expect(parse(minimalFile).server.publicUrl).toBeNull()
  })
})
