import { systemClock } from '../src/upstream/clock.ts'
import { startEmulators } from './emulators.ts'
import { print } from './print.ts'
import { startProgram, toConfig } from './program.ts'
import { smallSizes } from './sizes.ts'

const query = '{ certificates(first: 100) { nodes { name stale } complete fresh } }'
const pollers = 16

interface Page {
  readonly certificates: { readonly complete: boolean; readonly fresh: boolean }
}

/** Compares the number of responses while every vendor hangs with the number while all vendors respond. The deadline is 500 ms. */
export async function benchOutage(): Promise<void> {
  const vendors = await startEmulators({ now: systemClock.now, sizes: smallSizes(8) })
  const upstream = { deadline: '500ms', ttl: '2s', staleWhileRevalidate: '0s' }
  const program = await startProgram(toConfig({ ...vendors.file, upstream }))
  await program.ask(query)
  const responding = await countResponses(1_500)
  for (const emulator of vendors.emulators) emulator.fault({ effect: 'hang' })
  await systemClock.sleep(2_000)
  const hanging = await countResponses(8_000)
  const rate = (hanging.count / 8_000 / (responding.count / 1_500)).toFixed(2)
  print(
    'responses while vendors hang',
    `${rate} × as many as while they respond, ${hanging.incomplete} of them incomplete`,
  )
  await program.close()
  await vendors.close()

  async function countResponses(milliseconds: number): Promise<{ count: number; incomplete: number }> {
    const end = systemClock.elapsed() + milliseconds
    const responses = { count: 0, incomplete: 0 }
    const poll = async () => {
      while (systemClock.elapsed() < end) {
        const { certificates } = await program.ask<Page>(query)
        responses.count += 1
        if (!certificates.complete) responses.incomplete += 1
      }
    }
    await Promise.all(Array.from({ length: pollers }, poll))
    return responses
  }
}
