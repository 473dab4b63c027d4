import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import process from 'node:process'
import { parse } from 'yaml'
import { checkCode, checkName, checkProse, type Finding, WordList } from './find-words.ts'

const folders = ['.ci', 'bench', 'docs', 'scripts', 'src', 'test', 'web']
const code = new Set(['.ts', '.tsx', '.mjs', '.cjs'])
const prose = new Set(['.md', '.yaml', '.yml', '.json', '.html', '.css', ''])
/** Printed from the code, or the list itself. */
const exempt = ['test/generated', 'web/generated', 'test/subgraph.graphql', 'scripts/words.yaml', 'package-lock.json']

function listFiles(): string[] {
  const top = readdirSync('.', { withFileTypes: true }).filter((entry) => entry.isFile())
  const below = folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  )
  return [...top.map(({ name }) => name), ...below]
    .filter((file) => !exempt.some((each) => file === each || file.startsWith(`${each}/`)))
    .filter((file) => code.has(extname(file)) || prose.has(extname(file)))
    .sort()
}

function check(list: WordList, file: string): Finding[] {
  const text = readFileSync(file, 'utf8')
  const name = file.replace(/\.\w+$/, '').replace(/\.test$/, '')
  const parts = name.split('/').flatMap((part) => checkName(list, file, part))
  return [...parts, ...(code.has(extname(file)) ? checkCode(list, file, text) : checkProse(list, text))]
}

const list = WordList.parse(parse(readFileSync(new URL('words.yaml', import.meta.url), 'utf8')))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const findings = listFiles()
  .filter((file) => wanted.length === 0 || wanted.some((each) => file.startsWith(each)))
  .flatMap((file) => check(list, file).map((finding) => ({ file, ...finding })))

function count(key: (finding: { file: string } & Finding) => string): string {
  const counts = new Map<string, number>()
  for (const finding of findings) counts.set(key(finding), (counts.get(key(finding)) ?? 0) + 1)
  const rows = [...counts].sort(([, a], [, b]) => b - a)
  return rows.map(([name, number]) => `${String(number).padStart(6)}  ${name}\n`).join('')
}

if (process.argv.includes('--report')) {
  process.stdout.write(`${count(({ file }) => dirname(file))}\n${count(({ word }) => word)}\n`)
} else {
  for (const { file, line, found, word, instead } of findings)
    process.stdout.write(`${file}:${line}: ${found === word ? word : `${found} (${word})`} → ${instead}\n`)
}
process.stdout.write(`${findings.length} words to replace\n`)
if (findings.length > 0) process.exitCode = 1
