import { fork } from 'node:child_process'
import { once } from 'node:events'
import { defaultSettings } from '../src/upstream/settings.ts'
import { median, report } from './figures.ts'
import { print } from './print.ts'
import { type Program, startProgram, toConfig, withoutLimits } from './program.ts'
import { contracts, latency, sizes } from './sizes.ts'
import { benchWarmPages, query } from './warm-pages.ts'

interface Page {
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean }
  readonly totalCount: number
  readonly complete: boolean
}

type TimedPage = Page & { readonly milliseconds: number }

/** Measures the first page with empty caches, then every page of the list, then queries again and again. */
export async function benchPages(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url))
  const [file] = await once(emulators, 'message')
  // These measurements must not include waiting for a slot of a rate limit.
  const config = withoutLimits(toConfig(file))
  const countCalls = async (): Promise<Record<string, number>> => {
    emulators.send('calls')
    const [calls] = await once(emulators, 'message')
    return calls
  }

  // A first run without measuring: the emulators build their bodies, and both processes compile their code.
  const rehearsal = await startProgram(config)
  await readPage(rehearsal, null)
  await rehearsal.close()

  const callsBefore = await countCalls()
  const program = await startProgram(config)
  const cold = await readPage(program, null)
  printCold(cold, difference(callsBefore, await countCalls()))
  const callsAfterCold = await countCalls()
  printWarm(await readAllPages(program))
  print('all warm pages, calls', JSON.stringify(difference(callsAfterCold, await countCalls())))

  await program.close()
  await benchWarmPages(file)
  emulators.kill()
}

async function readPage(program: Program, after: string | null): Promise<TimedPage> {
  const start = performance.now()
  const { certificates } = await program.ask<{ certificates: Page }>(query, { after })
  return { ...certificates, milliseconds: performance.now() - start }
}

/** Returns the time of each page, in milliseconds. */
async function readAllPages(program: Program): Promise<readonly number[]> {
  const times: number[] = []
  let after: string | null = null
  do {
    const { pageInfo, milliseconds }: TimedPage = await readPage(program, after)
    times.push(milliseconds)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  return times
}

function printCold({ totalCount, complete, milliseconds }: TimedPage, calls: Record<string, number>): void {
  const needed = Object.fromEntries(Object.entries(sizes).map(([key, { coldCalls }]) => [key, coldCalls]))
  // The longest chain of calls is that of the contracts: the list of contracts, then the contracts in rounds.
  const rounds = 1 + Math.ceil(contracts / defaultSettings.concurrency)
  print('certificates', `${totalCount}, complete: ${complete}`)
  print(
    'cold first page, calls',
    `${JSON.stringify(calls)}; needed ${JSON.stringify(needed)} and a token per LivePerson client`,
  )
  report('cold first page, time', milliseconds / (rounds * latency), {
    unit: '× the longest chain',
    note: `${rounds} calls of ${latency} ms; here the CPU is the limit`,
  })
}

function printWarm(times: readonly number[]): void {
  const sample = 50
  const middle = (times.length - sample) >> 1
  const medians = {
    start: median(times.slice(0, sample)),
    middle: median(times.slice(middle, middle + sample)),
    end: median(times.slice(-sample)),
  }
  const fastest = Math.min(...Object.values(medians))
  const ratios = Object.entries(medians).map(([part, time]) => `${part} ${(time / fastest).toFixed(2)}`)
  report('warm pages, the slowest', Math.max(...Object.values(medians)) / fastest, {
    unit: '× the fastest',
    note: `${ratios.join(', ')} × ${fastest.toFixed(1)} ms`,
  })
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([key, calls]) => [key, calls - (before[key] ?? 0)]))
}
