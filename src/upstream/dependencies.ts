import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { PendingWork } from './concurrency.ts'
import type { Redact } from './redact.ts'
import type { Replicas } from './replicas.ts'
import type { UpstreamSettings } from './settings.ts'
import type { Transport } from './transport.ts'

/** What every vendor is called with. */
export interface UpstreamDependencies {
  readonly clock: Clock
  readonly transport: Transport
  readonly settings: UpstreamSettings
  readonly log: Logger
  /** Knows every configured secret: a vendor, or a proxy before it, may quote another account's. */
  readonly redact: Redact
  /** Whether anything may be changed at the vendor. */
  readonly writes: boolean
  /** The changes that are being made. */
  readonly pendingWork: PendingWork
  /** What is shared with the other replicas of this program. */
  readonly replicas: Replicas
}
