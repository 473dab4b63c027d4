import { execSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

// Checks the types of src, and bundles it to dist. With --if-changed, only when dist was built from other files than the present ones. This is
// plain JavaScript because it runs before anything is compiled, and where no compiler is installed: there, --if-changed keeps dist as it is.

const main = join('dist', 'main.js')
/** The digest of the files that dist was built from. It exists only when the build was complete. */
const record = join('dist', 'sources.sha256')
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs']
const compilers = [join('node_modules', '.bin', 'tsc'), join('node_modules', 'esbuild')]

/** By content: the time of a file also changes without it, and can be older than dist for a file that is new here. */
function digestSources() {
  const sources = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const path of [...settings.filter((each) => existsSync(each)), ...sources.sort()]) {
    const content = readFileSync(path)
    hash.update(`${path} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

function fail(message) {
  process.stderr.write(`certgraph cannot be built: ${message}\n`)
  process.exit(1)
}

async function build(digest) {
  rmSync(record, { force: true })
  try {
    execSync('tsc -p tsconfig.build.json', { stdio: 'inherit' })
  } catch (error) {
    process.exit(error.status ?? 1)
  }
  const esbuild = await import('esbuild')
  rmSync('dist', { recursive: true, force: true })
  await esbuild.build({
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    // Files that are imported dynamically stay apart.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  })
  chmodSync(main, 0o755)
  writeFileSync(record, digest)
}

const isOptional = process.argv.includes('--if-changed')
const isBuilt = existsSync(main)
const digest = existsSync('src') ? digestSources() : null
const isCurrent = isBuilt && existsSync(record) && readFileSync(record, 'utf8') === digest
const canBuild = compilers.every((each) => existsSync(each))
const install = 'the compiler is not installed; run "npm ci" with the development dependencies'

if (digest === null) {
  if (!isOptional) fail('the folder src is missing; expected the sources beside package.json')
  if (!isBuilt) fail(`${main} and the folder src are missing; expected one of them`)
} else if (canBuild) {
  if (!isCurrent || !isOptional) await build(digest)
} else if (!isOptional) fail(install)
else if (!isBuilt) fail(`${main} is missing, and ${install}, or copy a folder dist that was built elsewhere`)
else if (!isCurrent)
  process.stderr.write(
    `Warning: certgraph starts as it was built earlier: src differs from ${record}, and ${install}.\n`,
  )
