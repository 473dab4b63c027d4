import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { readPlainly, type VendorsFile } from './plain-reader.ts'
import { holds, print } from './print.ts'
import { type Program, startProgram, toConfig, withoutLimits } from './program.ts'

const query = '{ certificates(first: 100) { nodes { id name expiresAt expiryStatus } totalCount complete } }'
const runs = 5
const maxRatio = 2
const maxBytes = 900

interface Page {
  readonly certificates: { readonly totalCount: number; readonly complete: boolean }
}

/**
 * Compares the CPU time until the first page with that of a program which only reads, parses and sorts the same rows, in
 * alternating runs, both as multiples of JSON.parse. Then measures the memory for the certificates.
 */
export async function benchCold(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url))
  const [file] = (await once(emulators, 'message')) as [VendorsFile]
  const config = withoutLimits(toConfig(file))

  const texts: string[] = []
  await readPlainly(file, (text) => texts.push(text))
  const parse: number[] = []
  for (let run = 0; run < runs; run += 1) {
    parse.push(
      await cpuTime(async () => {
        for (const text of texts) JSON.parse(text)
      }),
    )
  }
  texts.length = 0

  const plain: number[] = []
  const cold: number[] = []
  const bytes: number[] = []
  // The first run is not measured: both programs compile their code.
  for (let run = 0; run <= runs; run += 1) {
    globalThis.gc?.()
    plain.push(await cpuTime(() => readPlainly(file)))
    const before = memoryUsed()
    const program = await startProgram(config)
    const started: { count: number } = { count: 0 }
    cold.push(
      await cpuTime(async () => {
        started.count = await readFirstPage(program)
      }),
    )
    bytes.push((memoryUsed() - before) / started.count)
    await program.close()
  }
  emulators.kill()

  const unit = median(parse)
  const [plainTime, coldTime] = [median(plain.slice(1)), median(cold.slice(1))]
  const ratio = coldTime / plainTime
  print('cold, CPU time', `${(coldTime / unit).toFixed(1)} × JSON.parse of the same bytes (${unit.toFixed(0)} ms)`)
  print('cold, a minimal program', `${(plainTime / unit).toFixed(1)} × JSON.parse of the same bytes`)
  print('cold, ratio', `${ratio.toFixed(2)}, at most ${maxRatio}: ${holds(ratio <= maxRatio)}`)
  const each = median(bytes)
  print('memory per certificate', `${each.toFixed(0)} bytes, at most ${maxBytes}: ${holds(each <= maxBytes)}`)
}

async function readFirstPage(program: Program): Promise<number> {
  const { certificates } = await program.ask<Page>(query)
  if (!certificates.complete) throw new Error('the first page is incomplete')
  return certificates.totalCount
}

/** Milliseconds of this process, of all its threads. */
async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

function memoryUsed(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}
