import { readdirSync, readFileSync } from 'node:fs'
import { load } from './config-parts.ts'
import { createFolder } from './folder.ts'

/** A page of documentation: its path from the root of the project, and its text. */
export interface Page {
  readonly path: string
  readonly text: string
}

const folders = ['docs', 'docs/decisions']

export const pages: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...folders.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`)),
]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

export function pageAt(path: string): Page {
  const page = pages.find((each) => each.path === path)
  if (!page) throw new Error(`there is no page ${path}`)
  return page
}

/** A fenced block, named by its page and line. */
export interface Block {
  readonly name: string
  readonly language: string
  readonly text: string
}

export function blocksOf({ path, text }: Page): readonly Block[] {
  return [...text.matchAll(/^ *```(\w+)\n(.*?)^ *```/gms)].map((match) => {
    const [, language = '', content = ''] = match
    return { name: `${path}:${text.slice(0, match.index).split('\n').length}`, language, text: content }
  })
}

/** Blocks of all pages in a language. */
export function blocksIn(language: string): readonly Block[] {
  return pages.flatMap(blocksOf).filter((block) => block.language === language)
}

/** The only block of a page in a language. */
export function blockOf(path: string, language: string): string {
  const blocks = blocksOf(pageAt(path)).filter((block) => block.language === language)
  if (blocks.length !== 1 || !blocks[0]) throw new Error(`${path} has ${blocks.length} blocks of ${language}`)
  return blocks[0].text
}

const edgerc = '[default]\nhost = akab-1.example\nclient_token = ct\nclient_secret = cs=\naccess_token = at\n'
const manifest = JSON.stringify({ d98c7ba6: '{ certificates { totalCount } }' })

function exampleValue(name: string): string {
  if (name === 'SLACK_WEBHOOK_URL') return 'https://hooks.slack.com/services/T000/B000/example'
  return name.startsWith('WEBHOOK') ? `whsec_${Buffer.alloc(32, name).toString('base64')}` : `value-of-${name}`
}

/** Loads a configuration from a documentation page, with a value for each variable that it uses. */
export function loadExample(text: string, env = {}) {
  const HOME = createFolder({ '.edgerc': edgerc })
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name]) => (name === 'NAME' || !name ? [] : [name]))
  const values = Object.fromEntries(names.map((name) => [name, exampleValue(name)]))
  const redis = { REDIS_URL: 'rediss://user:password@redis.example.com:6379/0', REDIS_SECRET: 'secret'.repeat(6) }
  const folder = createFolder({ 'certgraph.config.yaml': text, 'persisted-documents.json': manifest })
  return load({ HOME, ...values, ...redis, ...env }, folder)
}
