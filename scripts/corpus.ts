/**
 * Compares the reading of every certificate in the PEM and DER files of a folder with OpenSSL's, and prints the
 * differences by kind: `npm run corpus -- <folder>`. Fails when there are any.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { argv, exit, stderr, stdout } from 'node:process'
import { compareWithOpenSSL, listCertificates } from './compare-certificates.ts'

const [folder] = argv.slice(2)
if (folder === undefined) {
  stderr.write('usage: npm run corpus -- <folder>\n')
  exit(2)
}
const maxShown = 10
const byKind = new Map<string, string[]>()
let certificates = 0
let refused = 0
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
for (const file of files) {
  const path = `${file.parentPath}/${file.name}`
  for (const [index, pem] of listCertificates(readFileSync(path)).entries()) {
    certificates += 1
    const result = compareWithOpenSSL(pem)
    if (result === null) refused += 1
    for (const { kind, difference } of result ?? []) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), `${path}${index > 0 ? ` (${index + 1})` : ''}: ${difference}`])
    }
  }
}
for (const [kind, found] of [...byKind].sort(([a], [b]) => (a < b ? -1 : 1))) {
  stdout.write(`${kind}: ${found.length}\n${found.slice(0, maxShown).join('\n')}\n`)
  if (found.length > maxShown) stdout.write(`… and ${found.length - maxShown} more\n`)
}
stdout.write(
  `${files.length} files, ${certificates} certificates, ${refused} of them read by neither, ` +
    `${[...byKind.values()].flat().length} differences\n`,
)
exit(byKind.size > 0 ? 1 : 0)
