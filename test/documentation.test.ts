import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { buildSchema, parse as parseGraphQL, validate } from 'graphql'
import { parse as parseYaml, stringify } from 'yaml'
import { minimalFile, parse } from './support/config-parts.ts'
import { blockOf, blocksIn, blocksOf, loadExample, pageAt, pages } from './support/documentation.ts'
import { type Stack, startStack } from './support/stack.ts'

/** The sandbox lays its certificates out around the day of its start. All else is the same at every start. */
function withoutDates(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'expiresAt' ? 'a date' : each)))
}

/** Queries with the response that the page shows after them. The example of federation has a test of its own. */
const answered = pages.flatMap((page) => {
  const blocks = blocksOf(page)
  return blocks.flatMap(({ name, language, text }, index) => {
    const next = blocks[index + 1]
    if (page.path === 'docs/federation.md' || language !== 'graphql' || next?.language !== 'json') return []
    return [{ name, query: text, response: next.text }]
  })
})

const mutations = blocksIn('graphql').filter(({ text }) => text.startsWith('mutation'))

describe('the queries of the documentation', () => {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled' }) })
  })
  afterAll(() => stack.close())

  it.each(blocksIn('graphql').filter(({ name }) => !name.startsWith('docs/federation.md')))(
    'fit the schema: $name',
    ({ text }) => {
      expect(validate(schema, parseGraphQL(text))).toEqual([])
    },
  )

  it.each(answered.filter(({ name }) => !name.startsWith('README.md')))(
    'give the response that is shown: $name',
    async ({ query, response }) => {
      expect(withoutDates(await stack.ask(query))).toEqual(withoutDates(JSON.parse(response)))
    },
  )

  it.each(mutations)('change what they say: $name', async ({ text }) => {
    const { data, errors } = await stack.ask<Record<string, object>>(text)
    expect(errors).toBeUndefined()
    const results = Object.values(data)
    expect(results).not.toEqual([])
    for (const result of results) expect(result).not.toHaveProperty('message')
    // A dry run that would change nothing shows nothing.
    for (const result of results) expect(Object.values(result)).not.toContainEqual([])
  })

  it('give the response of the README while LivePerson rejects the credential of one account', async () => {
    const path = '/account/52710934/'
    stack.liveperson.emulator.fault({ match: (call) => call.path.includes(path), effect: { status: 401 } })
    expect(await stack.ask(blockOf('README.md', 'graphql'))).toEqual(JSON.parse(blockOf('README.md', 'json')))
  })
})

describe('the configurations of the documentation', () => {
  it.each(blocksIn('yaml'))('load without a mistake: $name', ({ text }) => {
    const { openai, akamai, liveperson, ...rest } = parseYaml(text)
    const vendors = openai || akamai || liveperson ? { openai, akamai, liveperson } : minimalFile
    expect(() => loadExample(stringify({ ...rest, ...vendors }))).not.toThrow()
  })

  it('show the default of each limit', () => {
    const [, table = ''] = /## Query limits\n(.*?)\n### /s.exec(pageAt('docs/access.md').text) ?? []
    const shown: [string, unknown][] = []
    for (const [, name = '', value] of table.matchAll(/^\| `([\w.]+)`[^|]*\| (\w+)/gm)) {
      shown.push([name, /^\d+$/.test(value ?? '') ? Number(value) : value])
    }
    const standard = parse(minimalFile).limits
    const names = Object.entries(standard).flatMap(([name, value]) =>
      typeof value === 'object' ? Object.keys(value).map((each) => `${name}.${each}`) : [name],
    )
    expect(shown.map(([name]) => name).sort()).toEqual(names.sort())
    const limits: Record<string, unknown> = {}
    for (const [name, value] of shown) {
      const [section = '', member] = name.split('.')
      limits[section] = member === undefined ? value : { ...Object(limits[section]), [member]: value }
    }
    expect(parse({ ...minimalFile, limits }).limits).toEqual(standard)
  })
})

describe('the page of errors', () => {
  it('lists each code of the program', () => {
    const code =
      /'((?:UPSTREAM|QUERY|GRAPHQL|PERSISTED|NOT|BAD_USER|INTERNAL|LAST|OUTCOME)_[A-Z_]+|UNAUTHENTICATED|FORBIDDEN|OVERLOADED)'/g
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const used = sources.flatMap((name) =>
      [...readFileSync(`src/${name}`, 'utf8').matchAll(code)].map(([, each]) => each),
    )
    const { text } = pageAt('docs/errors.md')
    expect(used.length).toBeGreaterThan(50)
    expect([...new Set(used)].filter((each) => !text.includes(`\`${each}\``))).toEqual([])
  })
})

/** The anchor that GitHub gives a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

function anchorsOf(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading))
}

describe('the pages of the documentation', () => {
  it.each(pages)('link to files and headings that exist: $path', ({ path, text }) => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  it('show code as it is in the source', () => {
    const toPlain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
    const code = ['src', 'test/support'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => toPlain(readFileSync(`${folder}/${name}`, 'utf8'))),
    )
    const shown = pages.flatMap(blocksOf).filter(({ language }) => language === 'ts')
    expect(shown.filter(({ text }) => !code.some((each) => each.includes(toPlain(text))))).toEqual([])
    expect(shown).toHaveLength(2)
  })

  it('name scripts of package.json only', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name))
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('start with a README of at most 700 words', () => {
    expect(pageAt('README.md').text.split(/\s+/).length).toBeLessThanOrEqual(700)
  })
})

describe('the decisions', () => {
  const decisions = pages.filter(({ path }) => /^docs\/decisions\/(?!README)/.test(path))

  it.each(decisions)('have a date, a status and at most one page, and are in the index: $path', ({ path, text }) => {
    const [, title, date] = /^# (.+)\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (?:accepted|superseded)[.;]/.exec(text) ?? []
    const index = pageAt('docs/decisions/README.md').text
    expect(index).toMatch(new RegExp(`\\[${title}\\]\\(${path.split('/').at(-1)}\\) +\\| ${date} `))
    expect(text.split(/\s+/).length).toBeLessThanOrEqual(550)
  })
})
