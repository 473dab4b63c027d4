import type { Logger } from 'pino'
import type { PlaceIndex } from '../operation.ts'
import type { Vendor } from './provider.ts'

/**
 * Takes over the readings that are kept from before the start, in the background and without a call: metrics, `/health` and
 * the index of places show only what is in memory. An operation that comes first takes over what it needs.
 */
export function startRestore(
  vendors: readonly Pick<Vendor, 'restore'>[],
  { placeIndex, log }: { readonly placeIndex: Pick<PlaceIndex, 'record'>; readonly log: Logger },
): { close(): void } {
  const closed = new AbortController()
  const restoreAll = async () => {
    for (const vendor of vendors) await vendor.restore(placeIndex, closed.signal)
  }
  restoreAll().catch((err: unknown) => log.error({ err }, 'the readings from before the start were not restored'))
  return { close: () => closed.abort() }
}
