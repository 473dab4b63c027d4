import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import { stringify } from 'yaml'
import { digestOf } from '../src/access/api-keys.ts'
import { startSandbox } from '../src/sandbox.ts'
import { parseDockerfile, type Stage, type Step } from './dockerfile.ts'

// Runs the steps of the Dockerfile in temporary folders, where no container engine is installed, and starts the result as a container would:
// with its command, its environment, its user, and files that this user cannot change. Run it with the version of Node.js in the Dockerfile.

const root = mkdtempSync(join(tmpdir(), 'certgraph-image-'))
const say = (text: string) => process.stdout.write(`${text}\n`)

/** A path of a stage as a path of this machine. */
const inStage = (stage: string, ...paths: string[]) => join(root, stage, resolve('/', ...paths))

/** The files of the project that .dockerignore lets through. */
function createContext(): string {
  const context = join(root, 'context')
  mkdirSync(context)
  const [first, ...rest] = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  assert.equal(first, '*', 'expected .dockerignore to begin with *')
  for (const line of rest) {
    assert.match(line, /^![\w./-]+$/, 'expected the other lines of .dockerignore to be exceptions')
    cpSync(line.slice(1), join(context, line.slice(1)), { recursive: true })
  }
  return context
}

function assemble(stage: Stage, name: string, context: string): void {
  let folder = '/'
  mkdirSync(join(root, name))
  for (const step of stage.steps) {
    if (step.kind === 'workdir') {
      folder = resolve(folder, step.path)
      mkdirSync(inStage(name, folder), { recursive: true })
    } else if (step.kind === 'run') {
      say(`RUN ${step.command}`)
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...stage.env }
      execFileSync('/bin/sh', ['-c', step.command], { cwd: inStage(name, folder), env, stdio: 'inherit' })
    } else copy(step, name, folder, context)
  }
}

function copy(step: Step & { kind: 'copy' }, name: string, folder: string, context: string): void {
  const target = inStage(name, folder, step.target)
  for (const source of step.sources) {
    const from = step.from === null ? join(context, source) : inStage(step.from, source)
    const to = statSync(from).isDirectory() || !step.target.endsWith('/') ? target : join(target, basename(source))
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    if (step.owner !== null && process.getuid?.() === 0) {
      const [user, group] = step.owner.split(':').map(Number)
      chownSync(to, user ?? 0, group ?? user ?? 0)
    }
  }
}

/** Root would ignore the permissions of files, so the command runs as the user of the image. */
function asUser(user: string, command: readonly string[]): readonly [string, ...string[]] {
  const [program = '', ...words] = command
  if (process.getuid?.() !== 0) return [program, ...words]
  const [uid, gid] = user.split(':')
  const drop = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all']
  return ['/usr/bin/setpriv', ...drop, '--', program, ...words]
}

interface Image {
  readonly stage: Stage
  readonly name: string
}

/** Options of a process in the container: its folder, and the environment of the image with these variables. */
function inContainer({ stage, name }: Image, env: Readonly<Record<string, string>>) {
  const path = (stage.env['PATH'] ?? '').split(':').map((each) => inStage(name, each))
  return { cwd: inStage(name, '/app'), env: { ...stage.env, PATH: path.join(':'), ...env } }
}

function runInContainer(image: Image, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [program, ...words] = asUser(image.stage.user ?? 'root', command)
  const { status, stdout, stderr } = spawnSync(program, words, { ...inContainer(image, env), encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/** Only what the lock file lists without `dev`, and no package manager. */
function checkFiles({ name }: Image): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  const dev = Object.keys(packages).filter((path) => packages[path]?.dev && existsSync(inStage(name, 'app', path)))
  assert.deepEqual(dev, [], 'development packages are in the image')
  const programs = new Set(['npm', 'npx', 'corepack', 'yarn', 'pnpm', 'apt', 'apk', 'sh'])
  const files = readdirSync(inStage(name, '/'), { recursive: true, encoding: 'utf8' })
  const found = files.filter((path) => programs.has(basename(path)) && /(^|\/)\.?bin\//.test(path))
  assert.deepEqual(found, [], 'a shell or package manager is in the image')
  assert.deepEqual(readdirSync(inStage(name, 'app')).sort(), ['LICENSE', 'dist', 'node_modules', 'package.json'])
}

function checkPermissions(image: Image): void {
  const write = (path: string) =>
    runInContainer(image, ['node', '--eval', `fs.writeFileSync(${JSON.stringify(inStage(image.name, path))}, '')`])
  for (const path of ['/app/file', '/app/dist/main.js', '/app/node_modules/file'])
    assert.match(write(path).output, /EACCES|EROFS/, `${path} can be written`)
  assert.equal(write('/var/lib/certgraph/file').status, 0, 'the folder of the volume cannot be written')
}

async function checkServer(image: Image): Promise<void> {
  const key = 'cg_a-key-of-the-image-check'
  const sandbox = await startSandbox({ now: Date.now })
  const config = inStage(image.name, '/etc/certgraph/certgraph.config.yaml')
  mkdirSync(join(config, '..'), { recursive: true })
  const access = { apiKeys: [{ name: 'check', sha256: digestOf(key).toString('hex') }] }
  // Without a state, a start after a crash makes no call for one window of each limit.
  const state = { path: inStage(image.name, '/var/lib/certgraph') }
  writeFileSync(config, stringify({ ...sandbox.file, access, state, server: { drainDelay: '0s' } }))
  const port = '4963'
  const [program, ...words] = asUser(image.stage.user ?? 'root', image.stage.command ?? [])
  const env = { CERTGRAPH_CONFIG: config, HOST: '127.0.0.1', PORT: port }
  const server = spawn(program, words, { ...inContainer(image, env), stdio: ['ignore', 'pipe', 'inherit'] })
  const stopped = once(server, 'exit')
  try {
    const [printed] = await Promise.race([once(server.stdout, 'data'), stopped])
    assert.match(String(printed), /listens at/)
    const url = `http://127.0.0.1:${port}`
    for (const path of ['/health', '/ready']) assert.equal((await fetch(`${url}${path}`)).status, 200, path)
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: '{ certificates(first: 1) { totalCount complete } }' }),
    })
    const { data } = (await response.json()) as { data: { certificates: { totalCount: number; complete: boolean } } }
    assert.equal(data.certificates.complete, true)
    say(`/health, /ready and /graphql answer: ${data.certificates.totalCount} certificates`)
    const html = await (await fetch(url)).text()
    const files = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert(files.length > 0, 'the page links to no file')
    for (const path of files) assert.equal((await fetch(`${url}${path}`)).status, 200, path)
    say(`the page and its ${files.length} files are served`)

    const { healthcheck } = image.stage
    assert(healthcheck)
    assert.equal(runInContainer(image, healthcheck, { PORT: port }).status, 0, 'HEALTHCHECK of a running server')
    server.kill('SIGTERM')
    assert.deepEqual(await stopped, [0, null], 'SIGTERM')
    assert.equal(runInContainer(image, healthcheck, { PORT: port }).status, 1, 'HEALTHCHECK of a stopped server')
    say('HEALTHCHECK shows whether the server runs, and SIGTERM stops it')
  } finally {
    server.kill('SIGKILL')
    await sandbox.close()
  }
}

try {
  chmodSync(root, 0o755)
  const stages = parseDockerfile(readFileSync('Dockerfile', 'utf8'))
  const context = createContext()
  for (const [index, stage] of stages.entries()) assemble(stage, stage.name ?? String(index), context)
  const stage = stages.at(-1)
  assert(stage)
  const image = { stage, name: stage.name ?? String(stages.length - 1) }
  checkFiles(image)
  // What the base image has.
  mkdirSync(inStage(image.name, '/nodejs/bin'), { recursive: true })
  cpSync(process.execPath, inStage(image.name, '/nodejs/bin/node'), { dereference: true })
  if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'a-w', inStage(image.name, '/app')])
  checkPermissions(image)

  const [, major] = /nodejs(\d+)/.exec(stage.image) ?? []
  const version = runInContainer(image, ['node', '--version']).output.trim()
  if (!version.startsWith(`v${major}.`))
    say(`Warning: the image has Node.js ${major}, and the steps ran with ${version}.`)
  const unconfigured = runInContainer(image, stage.command ?? [])
  assert.equal(unconfigured.status, 1)
  assert.match(unconfigured.output, /cannot start/)
  say('without a configuration, it refuses to start')
  await checkServer(image)
} finally {
  if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'u+w', root])
  rmSync(root, { recursive: true })
}
