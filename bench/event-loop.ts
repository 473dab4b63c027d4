import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from './figures.ts'
import { type HostileQuery, toHostileQueries } from './hostile-queries.ts'
import type { Load } from './load-process.ts'
import { print } from './print.ts'

/** Milliseconds. */
const targets = { health: 250, page: 1_000, iteration: 100 }
/** Milliseconds for each operation. */
const duration = 3_000
const warmUp = 500
const copies = 20

const page = '{ certificates(first: 100) { nodes { id name expiresAt } totalCount complete } }'

interface Measured {
  readonly name: string
  /** The 99th percentile of `/health`, in milliseconds. */
  readonly health: number
  /** The longest time until another caller's page. */
  readonly page: number
  readonly iteration: number
}

/** Measures what other callers notice of 20 parallel copies of the dearest operations, over 50,000 certificates. */
export async function benchEventLoop(): Promise<void> {
  const keys = { hostile: 'hostile-key', other: 'other-key' }
  const emulators = fork(new URL('./emulator-process.js', import.meta.url))
  const [file] = await once(emulators, 'message')
  const apiKeys = Object.entries(keys).map(([name, key]) => ({
    name,
    sha256: createHash('sha256').update(key).digest('hex'),
  }))
  const program = fork(new URL('./program-process.js', import.meta.url))
  program.send({ ...file, access: { apiKeys } })
  const [url] = await once(program, 'message')
  const load = fork(new URL('./load-process.js', import.meta.url))
  try {
    const ask = async (body: object): Promise<{ readonly data: { readonly certificates: Certificates | null } }> => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.other}` },
        body: JSON.stringify(body),
      })
      return await response.json()
    }
    // The first page reads everything.
    const certificates = await readAll(() => ask({ query: page }))
    print('certificates', `${certificates.totalCount}, complete: ${certificates.complete}`)
    const measured: Measured[] = []
    for (const query of toHostileQueries(certificates.nodes.map(({ id }) => id))) {
      const figures = await measure(query, { program, load, url, ask, key: keys.hostile })
      if (figures) measured.push(figures)
    }
    for (const what of ['health', 'page', 'iteration'] as const) printWorst(what, measured)
  } finally {
    for (const child of [load, program, emulators]) child.kill()
  }
}

interface Certificates {
  readonly totalCount: number
  readonly complete: boolean
  readonly nodes: readonly { readonly id: string }[]
}

/** On a slow machine, reading everything takes longer than an operation may. */
async function readAll(
  ask: () => Promise<{ readonly data: { readonly certificates: Certificates | null } }>,
): Promise<Certificates> {
  for (;;) {
    const { certificates } = (await ask()).data
    if (certificates?.complete) return certificates
  }
}

interface Processes {
  readonly program: ChildProcess
  readonly load: ChildProcess
  readonly url: string
  readonly key: string
  ask(body: object): Promise<unknown>
}

/** How often a field is in an operation, if the limits accept that. */
const fieldCounts = [20, 10, 5, 3, 2, 1]

/** The operation with its field as often as the limits accept; null when they do not accept it once. */
async function toAccepted({ toText, variables }: HostileQuery, send: (body: string) => Promise<string>) {
  for (const count of fieldCounts) {
    const body = JSON.stringify({ query: toText(count), variables })
    const answer = await send(body)
    if (!answer.includes('"QUERY_TOO_')) return { count, body }
  }
  return null
}

async function measure(query: HostileQuery, { program, load, url, key, ask }: Processes): Promise<Measured | null> {
  const send = async (body: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text()
  }
  const accepted = await toAccepted(query, send)
  if (!accepted) return null
  const { count, body } = accepted
  load.send({ url, key, body, copies } satisfies Load)
  await sleep(warmUp)
  await takeLongest(program)
  const end = performance.now() + duration
  const repeat = async (pause: number, run: () => Promise<unknown>) => {
    const times: number[] = []
    while (performance.now() < end) {
      const start = performance.now()
      await run()
      times.push(performance.now() - start)
      await sleep(pause)
    }
    return times.sort((a, b) => a - b)
  }
  const [health, pages] = await Promise.all([
    repeat(10, async () => (await fetch(`${url}/health`)).text()),
    repeat(20, () => ask({ query: page })),
  ])
  const iteration = await takeLongest(program)
  load.send(0)
  await sleep(warmUp)
  const measured = {
    name: `${query.name}, ${count} in each operation`,
    health: health[Math.floor(health.length * 0.99)] ?? Number.NaN,
    page: pages.at(-1) ?? Number.NaN,
    iteration,
  }
  const figures = [measured.health, measured.page, iteration].map((milliseconds) => milliseconds.toFixed(0))
  print(`  ${query.name} × ${count}`, `health ${figures[0]}, page ${figures[1]}, iteration ${figures[2]} ms`)
  return measured
}

async function takeLongest(program: ChildProcess): Promise<number> {
  const answered = once(program, 'message')
  program.send('iteration')
  const [longest] = await answered
  return longest
}

function printWorst(what: keyof typeof targets, measured: readonly Measured[]): void {
  const worst = measured.reduce((a, b) => (b[what] > a[what] ? b : a))
  report(`worst ${what}`, worst[what], { unit: 'ms', atMost: targets[what], note: worst.name })
}
