import type { CallOrigin } from '../call/context.ts'
import { UpstreamError } from '../error.ts'
import type { SharedReading, Wanted } from '../replicas.ts'
import { serializeFailure } from './failure-text.ts'
import { keysOf } from './keys.ts'
import type { Lease, Outcome } from './lease.ts'
import { longestText } from './reading-scripts.ts'
import { serializeReading } from './reading-text.ts'

export type Make = (sender: CallOrigin) => Promise<SharedReading>

/** A vendor that is down is asked once in this time, and not once by every replica. */
export const failureServes = 5_000
/** A reading stays for as long as somebody who waits for it may be about to look. */
const shortestKeep = 10_000

/** Makes a reading for all replicas, under a lease that is given back with what came of it. */
export async function makeWithLease(
  lease: Lease,
  wanted: Wanted,
  sender: CallOrigin,
  make: Make,
): Promise<SharedReading> {
  const keyOf = keysOf(wanted.identity)
  let outcome: Outcome | undefined
  lease.keep()
  try {
    const reading = await make({
      ...sender,
      onQueued(turn) {
        lease.turn = turn
        sender.onQueued(turn)
      },
    })
    const text = serializeReading(reading, wanted.fields)
    const milliseconds = Math.max(shortestKeep, Math.ceil(wanted.keep))
    if (text.length <= longestText) outcome = { key: keyOf('reading'), text, milliseconds }
    return reading
  } catch (error) {
    if (error instanceof UpstreamError)
      outcome = { key: keyOf('failure'), text: serializeFailure(error), milliseconds: failureServes }
    throw error
  } finally {
    // Nobody here waits for Redis to have it.
    void lease.giveBack(outcome)
  }
}
