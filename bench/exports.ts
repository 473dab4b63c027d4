import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAll } from './client.ts'
import { median, report } from './figures.ts'
import { print } from './print.ts'

/** Milliseconds. */
const maxIteration = 20
/** Bytes, while a file is written to clients that do not read it. */
const maxMemory = 10_000_000
const runs = 5
const unread = 8

const names = [
  'certificates.csv',
  'certificates.json',
  'certificates.cdx.json?x509=false',
  'certificates.csv?active=true',
]

/** Measures exports of 75,000 certificates: their time, what other callers notice of them, and their memory. */
export async function benchExports(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url))
  const [file] = await once(emulators, 'message')
  const program = fork(new URL('./program-process.js', import.meta.url), { execArgv: ['--expose-gc'] })
  program.send(file)
  const [url] = await once(program, 'message')
  try {
    print('certificates', String(await readAll(url)))
    for (const name of names) await measure(program, url, name)
    await measureMemory(program, url)
  } finally {
    for (const child of [program, emulators]) child.kill()
  }
}

async function measure(program: ChildProcess, url: string, name: string): Promise<void> {
  const target = new URL(`/${name}`, url)
  // Once to compile the code, and to make the order.
  await (await fetch(target)).arrayBuffer()
  const times: number[] = []
  const iterations: number[] = []
  let bytes = 0
  for (let run = 0; run < runs; run += 1) {
    await ask(program, 'iteration')
    const start = performance.now()
    bytes = (await (await fetch(target)).arrayBuffer()).byteLength
    times.push(performance.now() - start)
    iterations.push(await ask(program, 'iteration'))
  }
  report(`${name}, time`, Math.min(...times), { unit: 'ms', note: `${(bytes / 1e6).toFixed(1)} MB` })
  // The median: vendors are read meanwhile, and garbage is collected.
  report(`${name}, longest iteration`, median(iterations), { unit: 'ms', atMost: maxIteration })
}

async function measureMemory(program: ChildProcess, url: string): Promise<void> {
  const before = await ask(program, 'memory')
  const left = new AbortController()
  await Promise.all(
    Array.from({ length: unread }, () => fetch(new URL('/certificates.csv', url), { signal: left.signal })),
  )
  await sleep(1_000)
  const after = await ask(program, 'memory')
  left.abort()
  report(`memory of ${unread} exports that are not read`, totalOf(after) - totalOf(before), {
    unit: 'bytes',
    atMost: unread * maxMemory,
  })
}

const totalOf = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external

async function ask(program: ChildProcess, what: string) {
  const answered = once(program, 'message')
  program.send(what)
  const [answer] = await answered
  return answer
}
