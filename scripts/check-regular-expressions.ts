/**
 * Checks that every regular expression of `src` and `web` takes linear time: an attacker chooses the texts that they are applied to.
 * `npm run regexps` checks this project, `-- <folder>` another folder.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { argv, exit, stdout } from 'node:process'
import { findProblem, findRegularExpressions } from './regular-expressions.ts'

/** The regular expressions whose pattern is not in the code, and why they take linear time. */
const reasons: Readonly<Record<string, string>> = {
  "src/upstream/redact.ts: new RegExp([...distinct.map(escaped), createdSecret].join('|'), 'g')":
    'alternatives of escaped texts without repetition, and one with a repetition of limited length',
  "src/sandbox/router.ts: new RegExp(`^${pattern.replaceAll('.', '\\\\.').replaceAll(/:(\\w+)/g, '(?<$1>[^/]+)')}$`)":
    'paths of the code: anchored, and each repetition ends at a slash',
}

const named = argv.slice(2)
const files = (named.length > 0 ? named : ['src', 'web'])
  .flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .sort()
const found = files.flatMap((file) =>
  findRegularExpressions(file, readFileSync(file, 'utf8')).map((expression) => ({ file, ...expression })),
)
const problems: string[] = []
const unused = new Set(Object.keys(reasons))
/** The result for each literal: some are in several files. */
const known = new Map<string, string | null>()

for (const { file, line, text, literal } of found) {
  const where = `${file}:${line}: ${text}`
  if (literal === null) {
    const key = `${file}: ${text}`
    unused.delete(key)
    if (!(key in reasons))
      problems.push(`${where}: not a literal; expected a reason in scripts/check-regular-expressions.ts`)
    continue
  }
  const problem = known.has(text) ? (known.get(text) ?? null) : await findProblem(literal)
  known.set(text, problem)
  if (problem !== null) problems.push(`${where}: ${problem}`)
}
if (named.length === 0) for (const key of unused) problems.push(`${key}: has a reason but is not in the code`)

for (const problem of problems) stdout.write(`${problem}\n`)
stdout.write(`${found.length} regular expressions, ${problems.length} problems\n`)
// The checker keeps a timer, so the process would not end by itself.
exit(problems.length > 0 ? 1 : 0)
