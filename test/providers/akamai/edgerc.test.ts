import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parseEdgerc } from '../../../src/providers/akamai/edgerc.ts'
import { mistakesOf as allMistakesOf, credentials, load, withoutPosition } from '../../support/config-parts.ts'
import { createFolder } from '../../support/folder.ts'

const mistakesOf = (read: () => unknown) => allMistakesOf(read).map(withoutPosition)

const complete = `
host = akab-1.luna.akamaiapis.net/
client_token = ct-1
client_secret = cs-1=
access_token = at-1
`

describe('parseEdgerc', () => {
  const parsed = (text: string) => {
    const { sections, mistakes } = parseEdgerc(text)
    const settings = [...sections].map(([name, section]) => [name, section.settings])
    const duplicates = [...sections].flatMap(([name, section]) => section.duplicates.map((key) => `${name}.${key}`))
    return { settings: Object.fromEntries(settings), duplicates, mistakes }
  }
  const read = (text: string) => {
    const { settings, duplicates, mistakes } = parsed(text)
    expect({ duplicates, mistakes }).toEqual({ duplicates: [], mistakes: [] })
    return settings
  }

  it('finds every section', () => {
    expect(read('[default]\na = 1\n\n[papi]\r\na = 2\r\n[ empty ]\n')).toEqual({
      default: { a: '1' },
      papi: { a: '2' },
      empty: {},
    })
  })

  it('splits a line at the first equals sign', () => {
    expect(read('[s]\nclient_secret = abc=def==\n  b=c')).toEqual({ s: { client_secret: 'abc=def==', b: 'c' } })
  })

  it('removes quotes and keeps the text between them', () => {
    expect(read(`[s]\na = "x=; y "\nb = 'z' ; comment\nc = "unclosed`)).toEqual({
      s: { a: 'x=; y ', b: 'z', c: '"unclosed' },
    })
  })

  it('ignores comments on a separate line and after a value', () => {
    expect(read('; [no]\n[s] ; section\n;a = 1\n# b = 2\nc = 3 ; three\nd = 4;four\ne = ; none')).toEqual({
      s: { c: '3', d: '4' },
    })
  })

  it('reads keys in any case and with hyphens', () => {
    expect(read('[s]\nmax-body = 2048\nHost = h')).toEqual({ s: { max_body: '2048', host: 'h' } })
  })

  it('ignores lines that are not settings', () => {
    expect(read('\uFEFF; text\n\n[s]\nnonsense\n= 2\nb =\n')).toEqual({ s: {} })
  })

  it('reads a first section behind a byte order mark', () => {
    expect(read('\uFEFF[s]\na = 1')).toEqual({ s: { a: '1' } })
  })

  it('reports a section that is given twice, with its lines', () => {
    expect(parsed('[s]\na = 1\n[t]\n[ s ] ; again\nb = 3\n[t]').mistakes).toEqual([
      'the section s is given twice, on lines 1 and 4; expected each section once',
      'the section t is given twice, on lines 3 and 6; expected each section once',
    ])
  })

  it('reports a setting before the first section without quoting it', () => {
    expect(parsed('\uFEFF\nclient_secret = abc=\n[s]\na = 1').mistakes).toEqual([
      'a setting on line 2 is before the first section; expected it below a line [name]',
    ])
  })

  it('reports a section without its closing bracket, whose settings would join the section above', () => {
    expect(parsed('[s]\na = 1\n[t\nb = 2').mistakes).toEqual([
      'the section on line 3 has no closing bracket; expected [name]',
    ])
  })

  it('reports a key that has a value twice, in any spelling', () => {
    expect(parsed('[s]\nmax-body = 1\na = \na = 2\nMax_Body = 1\n[t]\na = 1').duplicates).toEqual(['s.max_body'])
  })
})

describe('edgerc in the configuration', () => {
  function read(edgerc: object, files: Record<string, string>, more: object = {}) {
    const accounts = [{ id: 'acme', edgerc, ...more }]
    const folder = createFolder({ 'etc/config.json': JSON.stringify({ akamai: { accounts } }), ...files })
    const env = { CERTGRAPH_CONFIG: 'etc/config.json', HOME: join(folder, 'home') }
    return { folder, load: () => load(env, folder).providers.akamai?.config.accounts[0] }
  }

  it('defaults to the section default of ~/.edgerc', () => {
    const account = read({}, { 'home/.edgerc': `[default]${complete}` }).load()
    expect(account).toMatchObject({
      baseUrl: 'https://akab-1.luna.akamaiapis.net',
      credentials: {
        clientToken: 'ct-1',
        clientSecret: 'cs-1=',
        accessToken: 'at-1',
        maxBody: 131_072,
        headersToSign: [],
      },
      accountSwitchKey: null,
    })
  })

  it('is relative to the folder of the configuration file', () => {
    const edgerc = { path: 'secrets/edgerc', section: 'papi' }
    expect(read(edgerc, { 'etc/secrets/edgerc': `[default]\n[papi]${complete}` }).load()?.credentials.clientToken).toBe(
      'ct-1',
    )
  })

  it('accepts an absolute path and a path below the home folder', () => {
    const folder = createFolder({ edgerc: `[default]${complete}` })
    expect(read({ path: join(folder, 'edgerc') }, {}).load()?.credentials.clientToken).toBe('ct-1')
    const files = { 'home/akamai/edgerc': `[default]${complete}` }
    expect(read({ path: '~/akamai/edgerc' }, files).load()?.credentials.clientToken).toBe('ct-1')
  })

  it('reads the optional settings of a section', () => {
    const optional = 'max-body = 2048\nheaders_to_sign = X-A, X-B\naccount_key = 1-A:1-B\nrequest_limit = 5\n'
    expect(read({}, { 'home/.edgerc': `[default]${complete}${optional}` }).load()).toMatchObject({
      credentials: { maxBody: 2048, headersToSign: ['X-A', 'X-B'] },
      accountSwitchKey: '1-A:1-B',
    })
  })

  it('is overridden by a configured switch key and base URL', () => {
    const files = { 'home/.edgerc': `[default]${complete}account_key = 1-A` }
    const more = { accountSwitchKey: '1-C', baseUrl: 'http://127.0.0.1:9001' }
    expect(read({}, files, more).load()).toMatchObject(more)
  })

  it.each([
    ['https://akab-1.example/', 'https://akab-1.example'],
    ['"akab-1.example"', 'https://akab-1.example'],
    ['http://127.0.0.1:9001/', 'http://127.0.0.1:9001'],
  ])('accepts the host as %s', (host, baseUrl) => {
    const text = `[default]${complete.replace(/host = .*/, `host = ${host}`)}`
    expect(read({}, { 'home/.edgerc': text }).load()?.baseUrl).toBe(baseUrl)
  })

  it('is a mistake when the file or the section is missing', () => {
    const noFile = read({}, {})
    expect(mistakesOf(noFile.load)).toEqual([
      `akamai.accounts[0].edgerc.path: ${noFile.folder}/home/.edgerc cannot be read (ENOENT); expected a readable file`,
    ])
    const alsoUnknown = read({ sektion: 'papi' }, {}, { contrakts: [] })
    expect(mistakesOf(alsoUnknown.load)).toEqual([
      expect.stringContaining('akamai.accounts[0].edgerc.path: '),
      'akamai.accounts[0].edgerc.sektion: unknown; expected one of path, section (did you mean section?)',
      expect.stringContaining('akamai.accounts[0].contrakts: unknown; '),
    ])
    const noSection = read({ section: 'papi' }, { 'home/.edgerc': `[default]${complete}` })
    expect(mistakesOf(noSection.load)).toEqual([
      `akamai.accounts[0].edgerc.section: no such section in ${noSection.folder}/home/.edgerc; expected the name of one of its sections`,
    ])
  })

  it('is a mistake for each missing or invalid key, without its value', () => {
    const text =
      '[default]\nhost = http://secret.example\nclient_secret = sec ret\nmax_body = secret\naccount_key = sec/ret'
    const { folder, load } = read({}, { 'home/.edgerc': text })
    const mistakes = mistakesOf(load)
    const at = 'akamai.accounts[0].edgerc'
    expect(mistakes).toEqual([
      expect.stringContaining(`${at}.host: plain http to another machine; `),
      expect.stringContaining(`${at}.client_token: missing; expected a client token`),
      expect.stringContaining(`${at}.client_secret: not valid; expected a client secret`),
      expect.stringContaining(`${at}.access_token: missing; expected an access token`),
      expect.stringContaining(`${at}.account_key: not valid; expected an account switch key`),
      expect.stringContaining(`${at}.max_body: not valid; expected a number of bytes`),
    ])
    for (const mistake of mistakes) expect(mistake).toContain(`, in ${folder}/home/.edgerc`)
    expect(mistakes.join()).not.toMatch(/secret\.example|sec.ret/)
  })

  describe('is a mistake when the settings of two API clients could be mixed:', () => {
    const other = complete.replaceAll('-1', '-2')
    const mistakesIn = (text: string, edgerc: object = {}) => {
      const { folder, load } = read(edgerc, { 'home/.edgerc': text })
      return mistakesOf(load).map((each) => each.replace(folder, ''))
    }

    it('a section that is given twice, also when another one is used', () => {
      const mistake =
        'akamai.accounts[0].edgerc.path: the section default is given twice, on lines 1 and 6; expected each section ' +
        'once, in /home/.edgerc'
      expect(mistakesIn(`[default]${complete}[ default ]${other}`)).toEqual([mistake])
      expect(mistakesIn(`[default]${complete}[default]${other}[papi]${complete}`, { section: 'papi' })).toEqual([
        mistake,
      ])
    })

    it('a section without its closing bracket', () => {
      expect(mistakesIn(`[default]${complete}[papi${other}`)).toEqual([
        'akamai.accounts[0].edgerc.path: the section on line 6 has no closing bracket; expected [name], in /home/.edgerc',
      ])
    })

    it('settings before the first section', () => {
      expect(mistakesIn(`client_secret = cs-0\n[default]${complete}`)).toEqual([
        'akamai.accounts[0].edgerc.path: a setting on line 1 is before the first section; expected it below a line ' +
          '[name], in /home/.edgerc',
      ])
    })

    it('a key that is given twice in the section', () => {
      expect(mistakesIn(`[default]${complete}client-token = ct-2\nhost = akab-2.example\nrequest_limit = 1\n`)).toEqual(
        [
          'akamai.accounts[0].edgerc.client_token: given twice in the section default; expected it once, in /home/.edgerc',
          'akamai.accounts[0].edgerc.host: given twice in the section default; expected it once, in /home/.edgerc',
        ],
      )
      expect(mistakesIn(`[default]${complete}[papi]${other}host = akab-3.example`)).toEqual([])
    })

    it('a section whose name differs from another one only in case and spaces', () => {
      const text = `[my client]${complete}[My  Client]${other}[default]${complete}`
      expect(mistakesIn(text, { section: 'my client' })).toEqual([
        'akamai.accounts[0].edgerc.section: /home/.edgerc has the sections my client and My  Client; expected names that ' +
          'are not alike',
      ])
      expect(mistakesIn(text)).toEqual([])
    })
  })

  it('is a duplicate when another account has the same credential and switch key', () => {
    const written = { ...credentials, host: 'akab-1.luna.akamaiapis.net', clientToken: 'ct-1', accessToken: 'at-1' }
    const accounts = [
      { id: 'a', edgerc: { path: 'edgerc' }, accountSwitchKey: '1-A' },
      { id: 'b', credentials: written, accountSwitchKey: '1-A' },
    ]
    const folder = createFolder({
      'certgraph.config.yaml': JSON.stringify({ akamai: { accounts } }),
      edgerc: `[default]${complete}`,
    })
    expect(mistakesOf(() => load({}, folder))).toEqual([
      'akamai.accounts[1]: the same credential with the same account switch key as akamai.accounts[0]; expected each once',
    ])
  })
})
