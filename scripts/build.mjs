import { execSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

// Checks the types of src and web, and bundles them to dist. With --if-changed, only when dist was built from other files than the present ones. This is
// plain JavaScript because it runs before anything is compiled, and where no compiler is installed: there, --if-changed keeps dist as it is.

const main = join('dist', 'main.js')
/** The digest of the files that dist was built from. It exists only when the build was complete. */
const record = join('dist', 'sources.sha256')
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs']
const page = join('dist', 'page')
/** The files that web/index.html links to, as it names them. */
const pageFiles = ['web/main.tsx', 'web/styles.css', 'web/icon.svg']
const compilers = [join('node_modules', '.bin', 'tsc'), join('node_modules', 'esbuild')]

/** By content: the time of a file also changes without it, and can be older than dist for a file that is new here. */
function digestSources() {
  const sources = ['src', 'web']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
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
  if (!existsSync('web')) fail('the folder web is missing; expected the page beside src')
  try {
    for (const project of ['tsconfig.build.json', 'web']) execSync(`tsc -p ${project}`, { stdio: 'inherit' })
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
  await buildPage(esbuild)
  chmodSync(main, 0o755)
  writeFileSync(record, digest)
}

/** The licences of the bundled packages, whose notices have to be part of each copy. */
function licensesOf(inputs) {
  const folders = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? ''))
  const texts = [...folders].filter(Boolean).map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) ?? fail(`${folder} has no licence`)
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return texts.sort().join('\n\n')
}

/** Bundles the page. Its HTML names the other files with a digest in their names, so that these can be cached without end. */
async function buildPage(esbuild) {
  const assets = join(page, 'assets')
  const { metafile } = await esbuild.build({
    entryPoints: pageFiles,
    loader: { '.svg': 'copy' },
    // Its parser and printer are not used: the page sends the ids of its operations.
    alias: { '@0no-co/graphql.web': './web/graphql-syntax.ts' },
    outdir: assets,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    logLevel: 'warning',
  })
  let html = readFileSync('web/index.html', 'utf8')
  const outputs = Object.entries(metafile.outputs)
  for (const source of pageFiles) {
    const [path] = outputs.find(([, { entryPoint, inputs }]) => (entryPoint ?? Object.keys(inputs)[0]) === source) ?? []
    if (path === undefined || !html.includes(`"${source}"`)) fail(`expected a link to ${source} in web/index.html`)
    html = html.replace(`"${source}"`, `"/assets/${basename(path)}"`)
  }
  writeFileSync(join(page, 'index.html'), html)
  writeFileSync(join(page, 'licenses.txt'), licensesOf(Object.keys(metafile.inputs)))
  for (const path of [join(page, 'index.html'), ...readdirSync(assets).map((name) => join(assets, name))]) {
    const content = readFileSync(path)
    writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }))
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    )
  }
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
