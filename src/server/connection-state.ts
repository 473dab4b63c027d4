import type { Limits } from '../limits.ts'
import type { Clock } from '../upstream/clock.ts'
import { SlowReaders } from './slow-readers.ts'
import { Subscriptions } from './subscriptions.ts'
import { UnsentAnswers } from './unsent-answers.ts'
import type { Readiness } from './use-probes.ts'

/** What belongs to the connections of a listener. A server that replaces another one takes it over. */
export interface ConnectionState {
  readonly readiness: Readiness
  readonly unsent: UnsentAnswers
  readonly readers: SlowReaders
  readonly subscriptions: Subscriptions
}

/** The limits of a listener, whatever the number of its connections. */
export type ConnectionLimits = Pick<Limits, 'unsent' | 'operations' | 'streams'>

/** @param limits those in force: read at each request */
export function createConnectionState(clock: Clock, limits: ConnectionLimits): ConnectionState {
  const readiness: Readiness = { phase: 'starting' }
  return {
    readiness,
    unsent: new UnsentAnswers(limits),
    readers: new SlowReaders(
      clock,
      () => limits.unsent / 4,
      () => readiness.phase === 'draining',
    ),
    subscriptions: new Subscriptions(clock, () => limits.streams),
  }
}
