import process from 'node:process'

/** Another program may take the caches for seconds. */
const maxRounds = 100
/** Microseconds of a round. The counter of some systems has steps of milliseconds. */
const minRound = 20_000

/** The CPU time of one run in microseconds, and not the wall time: other programs use the same machine. */
function costOf(run: () => unknown): number {
  const start = process.cpuUsage()
  for (let runs = 1; ; runs++) {
    run()
    const { user, system } = process.cpuUsage(start)
    if (user + system >= minRound) return (user + system) / runs
  }
}

/** Ten for the length, and room for caches and garbage collection. */
const maxRatio = 15
/** Microseconds. Allocating and copying 1 MB costs this much on a busy machine, and more for each byte than 100 kB does. */
const negligible = 5_000

/** Microseconds for 100 kB. */
const tooExpensive = 500_000
/** How often a cost above it is measured again. */
const maxExpensiveRounds = 5

/**
 * Whether a run with 1 MB costs at most 15 times the CPU time of a run with 100 kB. Both are measured in turn, until their
 * lowest costs show it: what else the machine does only adds to a cost.
 * @returns null, or both costs
 */
export function findExcess(short: () => unknown, long: () => unknown): string | null {
  let shortCost = costOf(short)
  for (let round = 1; shortCost > tooExpensive && round < maxExpensiveRounds; round++) {
    shortCost = Math.min(shortCost, costOf(short))
  }
  // A run that is not linear would take hours with 1 MB.
  if (shortCost > tooExpensive) return `100 kB: ${Math.round(shortCost)} µs`
  let longCost = costOf(long)
  const isLinear = () => longCost <= Math.max(negligible, shortCost * maxRatio)
  for (let round = 1; !isLinear() && round < maxRounds; round++) {
    shortCost = Math.min(shortCost, costOf(short))
    longCost = Math.min(longCost, costOf(long))
  }
  return isLinear() ? null : `100 kB: ${Math.round(shortCost)} µs; 1 MB: ${Math.round(longCost)} µs`
}

/** How often a run is repeated. */
const maxRuns = 5

/**
 * The lowest CPU time of some runs in seconds, of which the first below the limit is the last: what else the machine does only
 * adds to a cost.
 * @param run gets its number: what is kept for the text of an earlier run must not make it cheap
 */
export async function lowestCost(run: (index: number) => Promise<unknown>, limit: number): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY
  for (let index = 0; index < maxRuns && lowest >= limit; index++) {
    const start = process.cpuUsage()
    await run(index)
    const { user, system } = process.cpuUsage(start)
    lowest = Math.min(lowest, (user + system) / 1_000_000)
  }
  return lowest
}
