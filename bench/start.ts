import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { stringify } from 'yaml'
import { median, report } from './figures.ts'

const runs = 9
const probe = new URL('./start-probe.js', import.meta.url).href
const main = resolve('dist/main.js')

/**
 * Compares the start of `node dist/main.js` with a program that only imports the same packages: those that the files of
 * dist have imported by the time the server listens. The figures are CPU time, because other processes disturb it less.
 */
export async function benchStart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'certgraph-start-'))
  const file = join(folder, 'many.yaml')
  writeFileSync(file, stringify(manyPlaces()))
  try {
    await compare('start of the sandbox', { CERTGRAPH_MODE: 'sandbox' }, 1.5, folder)
    await compare('start with 800 places', { CERTGRAPH_CONFIG: file }, 2, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(what: string, env: Readonly<Record<string, string>>, target: number, folder: string) {
  const packages = await listImports(env, folder)
  const empty = packages.map((name) => `import '${name}'`).join('\n')
  const emptyProgram = ['--input-type=module', '--eval', `${empty}\nprocess.stdout.write('imported\\n')`]
  const times: { readonly empty: number; readonly main: number }[] = []
  for (let run = 0; run < runs; run++)
    times.push({ empty: await cpuTime(emptyProgram, env), main: await cpuTime([main], env) })
  const ratio = median(times.map(({ empty, main }) => main / empty))
  const milliseconds = median(times.map(({ main }) => main))
  report(what, ratio, {
    unit: `× the import of its ${packages.length} packages`,
    atMost: target,
    note: `${milliseconds.toFixed(0)} ms of CPU time`,
  })
}

/** The packages that the program imports until it listens. */
async function listImports(env: Readonly<Record<string, string>>, folder: string): Promise<readonly string[]> {
  const file = join(folder, 'imports')
  writeFileSync(file, '')
  await cpuTime([main], { ...env, BENCH_IMPORTS: file, BENCH_PROGRAM: pathToFileURL(resolve('dist')).href })
  return [...new Set(readFileSync(file, 'utf8').trim().split('\n'))]
}

/** The CPU time in ms of a process until it writes to standard output. */
async function cpuTime(words: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['--import', probe, ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const [time] = await Promise.race([once(child, 'message'), ended.then(() => [Number.NaN])])
  child.kill('SIGKILL')
  await ended
  return time
}

/** The configuration of 500 accounts of LivePerson, 200 projects of OpenAI and 100 contracts of Akamai. */
function manyPlaces(): object {
  const baseUrl = 'http://127.0.0.1:9'
  const numbered = <Item>(count: number, create: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => create(index))
  return {
    openai: {
      organizations: [
        { id: 'org_bench', adminKey: 'bench-admin-key', baseUrl, projects: numbered(200, (index) => `proj_${index}`) },
      ],
    },
    akamai: {
      accounts: [
        {
          id: 'bench',
          credentials: {
            host: 'akab-bench.luna.akamaiapis.net',
            clientToken: 'bench-client-token',
            clientSecret: 'bench-client-secret',
            accessToken: 'bench-access-token',
          },
          baseUrl,
          contracts: numbered(100, (index) => `C-${index}`),
        },
      ],
    },
    liveperson: {
      accounts: numbered(500, (index) => ({
        id: `le${10_000 + index}`,
        name: `Bench ${index}`,
        token: `bench-token-${index}`,
        baseUrl,
      })),
    },
  }
}
