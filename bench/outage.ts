import { systemClock } from '../src/upstream/clock.ts'
import { startEmulators } from './emulators.ts'
import { report } from './figures.ts'
import { startProgram, toConfig } from './program.ts'
import { smallSizes } from './sizes.ts'

const query = '{ certificates(first: 100) { nodes { name stale } complete fresh } }'
const pollers = 16

interface Page {
  readonly certificates: { readonly complete: boolean; readonly fresh: boolean } | null
}

/** Milliseconds. */
const duration = { responding: 4_000, hanging: 8_000 }
const target = 0.9

/**
 * Compares the number of responses while every vendor hangs with the number while all vendors respond, from the moment at which
 * they begin to hang. The deadline is 500 ms.
 */
export async function benchOutage(): Promise<void> {
  for (const storeFor of ['0s', '1s']) await compare(storeFor)
}

async function compare(storeFor: string): Promise<void> {
  const vendors = await startEmulators({ now: systemClock.now, sizes: smallSizes(8) })
  const upstream = { deadline: '500ms', ttl: '2s', staleWhileRevalidate: '0s' }
  const program = await startProgram(toConfig({ ...vendors.file, upstream, server: { answers: { storeFor } } }))
  await countResponses(2_000)
  const responding = await countResponses(duration.responding)
  for (const emulator of vendors.emulators) emulator.fault({ effect: 'hang' })
  await systemClock.sleep(2_000)
  const hanging = await countResponses(duration.hanging)
  const rate = hanging.count / duration.hanging / (responding.count / duration.responding)
  report(`responses while vendors hang, answers ${storeFor === '0s' ? 'computed' : 'stored'}`, rate, {
    unit: '× as many as while they respond',
    atLeast: target,
    note: `${hanging.incomplete} of ${hanging.count} incomplete`,
  })
  await program.close()
  await vendors.close()

  async function countResponses(milliseconds: number): Promise<{ count: number; incomplete: number }> {
    const end = systemClock.elapsed() + milliseconds
    const responses = { count: 0, incomplete: 0 }
    const poll = async () => {
      while (systemClock.elapsed() < end) {
        const { certificates } = await program.ask<Page>(query)
        responses.count += 1
        if (!certificates?.complete) responses.incomplete += 1
      }
    }
    await Promise.all(Array.from({ length: pollers }, poll))
    return responses
  }
}
