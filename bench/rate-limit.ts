import { startEmulators } from './emulators.ts'
import { createFastClock } from './fast-clock.ts'
import { report } from './figures.ts'
import { startProgram, toConfig } from './program.ts'
import { smallSizes } from './sizes.ts'

const speed = 60

interface Page {
  readonly certificates: { readonly complete: boolean }
}

/** Counts the calls for 1,000 queries in ten minutes over twelve contracts and the other vendors’ places. */
export async function benchPolling(): Promise<void> {
  const clock = createFastClock(speed)
  const vendors = await startEmulators({ now: clock.now, sizes: smallSizes(12) })
  const program = await startProgram(toConfig(vendors.file), clock)
  const end = clock.elapsed() + 600_000
  let queries = 0
  for (; queries < 1_000; queries += 1) {
    await program.ask<Page>(`{ certificates(first: ${1 + (queries % 100)}) { nodes { name } complete } }`)
    await clock.sleep(Math.max(0, (end - clock.elapsed()) / (1_000 - queries)))
  }
  const calls = vendors.emulators.flatMap((emulator) => emulator.calls)
  const rejected = calls.filter(({ status }) => status === 429)
  report('calls per 1,000 queries', calls.length, {
    unit: 'calls in ten minutes',
    note: `${rejected.length} of them rejected`,
  })
  await program.close()
  await vendors.close()
}

/** Measures the time until Akamai’s list is complete, at 8 listings per minute. At least 12 windows must pass. */
export async function benchCompletion(): Promise<void> {
  const clock = createFastClock(speed)
  const vendors = await startEmulators({ now: clock.now, sizes: smallSizes(100) })
  const program = await startProgram(toConfig({ akamai: vendors.file['akamai'] }), clock)
  const start = clock.elapsed()
  for (;;) {
    const { certificates } = await program.ask<Page>('{ certificates(first: 1) { complete } }')
    if (certificates.complete) break
    await clock.sleep(5_000)
  }
  const seconds = (clock.elapsed() - start) / 1000
  report('100 contracts, complete', seconds / 720, {
    unit: '× the minimum of 12 minutes',
    note: `after ${seconds.toFixed(0)} s at 8 listings a minute`,
  })
  await program.close()
  await vendors.close()
}
