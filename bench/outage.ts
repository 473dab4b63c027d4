import { systemClock } from '../src/upstream/clock.ts'
import { startEmulators } from './emulators.ts'
import { report } from './figures.ts'
import { type Program, startProgram, toConfig } from './program.ts'
import { smallSizes } from './sizes.ts'

const query = '{ certificates(first: 100) { nodes { name stale } complete fresh } }'
const pollers = 16
/** Milliseconds that are measured before the other program is. */
const roundTime = 250
const rounds = 32
const target = 0.9

interface Page {
  readonly certificates: { readonly complete: boolean } | null
}

interface Responses {
  count: number
  incomplete: number
}

/**
 * Compares the number of responses while every vendor hangs with the number while all vendors respond, from the moment at which
 * the readings are too old. The deadline is 500 ms. Both are measured alternately: other processes slow down both.
 */
export async function benchOutage(): Promise<void> {
  for (const storeFor of ['0s', '1s']) await compare(storeFor)
}

async function compare(storeFor: string): Promise<void> {
  const responding = await start(storeFor)
  const hanging = await start(storeFor)
  for (const emulator of hanging.emulators) emulator.fault({ effect: 'hang' })
  await systemClock.sleep(2_000)
  const counts = { responding: { count: 0, incomplete: 0 }, hanging: { count: 0, incomplete: 0 } }
  for (let index = 0; index < rounds; index += 1) {
    await poll(responding.program, counts.responding)
    await poll(hanging.program, counts.hanging)
  }
  const rate = counts.hanging.count / counts.responding.count
  report(`vendors hang, ${storeFor === '0s' ? 'computed' : 'stored'}`, rate, {
    unit: '× as many responses as while they respond',
    atLeast: target,
    note: `${counts.hanging.incomplete} of ${counts.hanging.count} incomplete`,
  })
  await Promise.all([responding.close(), hanging.close()])
}

/** Starts a program that has read all places. */
async function start(storeFor: string) {
  const vendors = await startEmulators({ now: systemClock.now, sizes: smallSizes(8) })
  const upstream = { deadline: '500ms', ttl: '2s', staleWhileRevalidate: '0s' }
  const program = await startProgram(toConfig({ ...vendors.file, upstream, server: { answers: { storeFor } } }))
  for (let index = 0; index < 8; index += 1) await poll(program, { count: 0, incomplete: 0 })
  return {
    program,
    emulators: vendors.emulators,
    async close() {
      await program.close()
      await vendors.close()
    },
  }
}

async function poll(program: Program, responses: Responses): Promise<void> {
  const end = systemClock.elapsed() + roundTime
  const ask = async () => {
    while (systemClock.elapsed() < end) {
      const { certificates } = await program.ask<Page>(query)
      responses.count += 1
      if (!certificates?.complete) responses.incomplete += 1
    }
  }
  await Promise.all(Array.from({ length: pollers }, ask))
}
