import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const mistakesIn = (text: string, name = 'certgraph.config.yaml') =>
  mistakesOf(() => load({}, createFolder({ [name]: text })))

const yaml = `server:
  hosts: [certgraph.internal, "a b"]
openai:
  organizations:
    - id: org_acme
      adminKye: sk-secret
    - { id: org/beta, adminKey: sk-1 }
expiry: { critical: soon,
  warnin: 1d }
`

describe('the position of a mistake', () => {
  it('is the value, the unknown key, or the mapping without a setting, by file, line and column', () => {
    const positions = mistakesIn(yaml).map((mistake) => mistake.split(': ').slice(0, 2))
    expect(positions.sort()).toEqual(
      [
        ['certgraph.config.yaml, line 2, column 31', 'server.hosts[1]'],
        ['certgraph.config.yaml, line 5, column 7', 'openai.organizations[0].adminKey'],
        ['certgraph.config.yaml, line 6, column 7', 'openai.organizations[0].adminKye'],
        ['certgraph.config.yaml, line 7, column 13', 'openai.organizations[1].id'],
        ['certgraph.config.yaml, line 8, column 21', 'expiry.critical'],
        ['certgraph.config.yaml, line 9, column 3', 'expiry.warnin'],
      ].sort(),
    )
  })

  it('is given in a file that has its settings in lines of their own', () => {
    const text =
      '# a\nopenai:\n  organizations:\n  - id: org_acme # b\n    adminKye: sk-secret\n\nserver: { hosts: [a, "b c"] }\n'
    expect(mistakesIn(text).map((mistake) => mistake.split(': ').slice(0, 2))).toEqual([
      ['certgraph.config.yaml, line 7, column 22', 'server.hosts[1]'],
      ['certgraph.config.yaml, line 4, column 5', 'openai.organizations[0].adminKey'],
      ['certgraph.config.yaml, line 5, column 5', 'openai.organizations[0].adminKye'],
    ])
  })

  it('is given in JSON too', () => {
    const json = JSON.stringify({ ...minimalFile, expiry: { critical: 'soon' } }, null, 2)
    const lines = json.split('\n')
    const line = lines.findIndex((each) => each.includes('critical')) + 1
    const column = (lines[line - 1] ?? '').indexOf('"soon"') + 1
    expect(mistakesIn(json)).toEqual([
      expect.stringContaining(`certgraph.config.yaml, line ${line}, column ${column}: expiry.critical: `),
    ])
  })

  it('follows an alias to the value', () => {
    const text = 'a: &org { id: org_acme, adminKey: sk 1 }\nopenai: { organizations: [*org] }\n'
    expect(mistakesIn(text)).toContainEqual(
      expect.stringContaining('certgraph.config.yaml, line 1, column 35: openai.organizations[0].adminKey: not valid'),
    )
  })

  it('is the key of a setting without a value', () => {
    expect(mistakesIn('openai:\n  organizations:\nexpiry: {}\n')).toEqual([
      expect.stringContaining('certgraph.config.yaml, line 2, column 3: openai.organizations: empty'),
    ])
  })

  it('names a file outside the working directory by its path', () => {
    const folder = createFolder({ 'other.yaml': 'openai: 7' })
    expect(mistakesOf(() => load({ CERTGRAPH_CONFIG: join(folder, 'other.yaml') }, createFolder()))).toEqual([
      expect.stringContaining(`${folder}/other.yaml, line 1, column 9: openai: found a number`),
    ])
  })
})

describe('an unknown key', () => {
  it.each([
    ['sevrer', 'server'],
    ['open_ai', 'openai'],
    ['redsi', 'redis'],
  ])('is reported with the nearest known key: %s is like %s', (key, known) => {
    expect(mistakesIn(JSON.stringify({ ...minimalFile, [key]: {} }))).toEqual([
      expect.stringContaining(`(did you mean ${known}?)`),
    ])
  })

  it.each(['storage', 'x', 'sk-secret-server'])(
    'that is like no known one is reported without a suggestion: %s',
    (key) => {
      const mistakes = mistakesIn(JSON.stringify({ ...minimalFile, [key]: {} }))
      expect(mistakes).toEqual([expect.stringMatching(/: unknown; expected one of [\w, ]+$/)])
    },
  )

  it.each([
    [{ server: { port: 4000 } }, 'server.port: PORT is an environment variable'],
    [{ server: { host: '::1' } }, 'server.host: HOST is an environment variable'],
    [{ server: { logLevel: 'debug' } }, 'server.logLevel: LOG_LEVEL is an environment variable'],
    [{ server: { logFormat: 'pretty' } }, 'server.logFormat: LOG_FORMAT is an environment variable'],
    [{ LOG_LEVEL: 'debug' }, 'LOG_LEVEL: LOG_LEVEL is an environment variable'],
    [{ LOG_FORMAT: 'pretty' }, 'LOG_FORMAT: LOG_FORMAT is an environment variable'],
    [{ port: 4000 }, 'port: PORT is an environment variable'],
  ])('that belongs to the environment is reported with the variable: %j', (settings, mistake) => {
    expect(mistakesIn(JSON.stringify({ ...minimalFile, ...settings }))).toEqual([expect.stringContaining(mistake)])
  })
})

describe('a reference without quotes in braces', () => {
  const file = (value: string) =>
    `openai:\n  organizations:\n    - { id: org_acme, adminKey: ${value}, projects: [proj_a] }\nexpiry: { critical: 1d }\n`

  it('is one mistake that says to quote it', () => {
    expect(mistakesIn(file(`\${OPENAI_ADMIN_KEY}`))).toEqual([
      `certgraph.config.yaml, line 3, column 33: \${OPENAI_ADMIN_KEY} without quotes inside { } or [ ]; expected "\${OPENAI_ADMIN_KEY}"`,
    ])
  })

  it.each([`x-\${A}`, `\${A}\${B}`, `\${A}-y`])('is found beside other text: %s', (value) => {
    const mistakes = mistakesIn(file(value))
    expect(mistakes[0]).toContain(`\${A} without quotes`)
    expect(mistakes).toHaveLength(1)
  })

  it.each([
    [`\${HOME}/.edgerc`, `"\${HOME}/.edgerc"`],
    [`\${TOKEN}\${B}`, `"\${TOKEN}\${B}"`],
    [`hush-\${TOKEN}`, `quotes around the whole value, as in "\${NAME}/path"`],
  ])('is to be quoted with the whole value, unless that may be a secret: %s', (value, expected) => {
    const [mistake] = mistakesIn(file(value))
    expect(mistake).toContain(`inside { } or [ ]; expected ${expected}`)
    expect(mistake).not.toContain('hush')
  })

  it('is the only mistake where braces around it or after it are not closed', () => {
    for (const rest of [', projects: [proj_a] }\n', '\nexpiry: { critical: 1d }\n', ', a: {\n', ' }, {\n'])
      expect(mistakesIn(`openai:\n  organizations: [{ id: a, adminKey: \${KEY}${rest}`)).toHaveLength(1)
  })

  it('is one mistake each, and does not hide other mistakes of the syntax', () => {
    expect(mistakesIn(`a: [\${A}, \${B}]\nb: "\${C}"\nc: \${D}\nd: e: f\n`)).toEqual([
      expect.stringContaining(`line 1, column 5: \${A} without quotes`),
      expect.stringContaining(`line 1, column 11: \${B} without quotes`),
      expect.stringContaining('line 4, column 4: not valid YAML'),
    ])
  })

  it('is not printed when it is not the name of a variable', () => {
    const mistakes = mistakesIn(file(`\${sk-secret}`))
    expect(mistakes).toHaveLength(1)
    expect(mistakes.join()).not.toContain('secret')
  })
})

describe('a text that begins with * without quotes', () => {
  const file = (more: string) => `openai:\n  organizations: [{ id: org_acme, adminKey: k }]\n${more}`
  const hint = 'not valid YAML: an alias (*)'

  it.each([
    ['owners: [{ match: { subjectAltNames: [*.shop.example] }, owner: web }]', [[3, 39]]],
    ['owners:\n  - match:\n      names:\n        - *-eu\n        - "*-us"\n    owner: web', [[6, 11]]],
    ['owners: [{ match: { names: [*] }, owner: web }]', [[3, 29]]],
    [
      'owners: [{ match: { names: [*a, *b] }, owner: web }]',
      [
        [3, 29],
        [3, 33],
      ],
    ],
    ['server: { hosts: [*.shop.example] }', [[3, 19]]],
  ])('is a mistake with its line and column: %s', (more, positions) => {
    expect(mistakesIn(file(more))).toEqual(
      positions.map(([line, column]) => expect.stringContaining(`, line ${line}, column ${column}: ${hint}`)),
    )
  })

  it('is reported together with other mistakes of the syntax, and its text is not printed', () => {
    const mistakes = mistakesIn(file('owners: [{ match: { names: [*secret] } }]\nb: c: d\n'))
    expect(mistakes).toEqual([
      expect.stringMatching(/line 3, column 29: not valid YAML: an alias/),
      expect.stringMatching(/line 4, column 4: not valid YAML/),
    ])
    expect(mistakes.join()).not.toContain('secret')
  })
})

describe('certgraph.config.yml', () => {
  const text = JSON.stringify(minimalFile)

  it('is read when there is no certgraph.config.yaml, and so is certgraph.config.json', () => {
    expect(load({}, createFolder({ 'certgraph.config.json': text })).source.file).toMatch(/certgraph\.config\.json$/)
    expect(load({}, createFolder({ 'certgraph.config.yml': text })).mode).toBe('live')
    expect(mistakesIn('openai: 7', 'certgraph.config.yml')).toEqual([
      expect.stringContaining('certgraph.config.yml, line 1, column 9: openai: '),
    ])
  })

  it('is a mistake beside certgraph.config.yaml', () => {
    const folder = createFolder({ 'certgraph.config.yml': text, 'certgraph.config.yaml': text })
    expect(mistakesOf(() => load({}, folder))).toEqual([
      'certgraph.config.yaml and certgraph.config.yml: two configuration files; expected one of them, or CERTGRAPH_CONFIG',
    ])
    expect(load({ CERTGRAPH_CONFIG: 'certgraph.config.yml' }, folder).mode).toBe('live')
  })
})
