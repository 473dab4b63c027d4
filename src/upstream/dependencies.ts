import type { Logger } from 'pino'
import type { ReadingLimits } from '../limits.ts'
import type { Clock } from './clock.ts'
import type { PendingWork } from './concurrency.ts'
import type { KeptByVendor } from './kept-objects.ts'
import type { ListObserver } from './list-observer.ts'
import type { UpstreamObserver } from './observer.ts'
import type { Redact } from './redact.ts'
import type { Replicas } from './replicas.ts'
import type { UpstreamSettings } from './settings.ts'
import type { Transport } from './transport.ts'

/** What the clients of a vendor are made from. */
export interface UpstreamDependencies {
  readonly clock: Clock
  readonly transport: Transport
  readonly settings: UpstreamSettings
  /** How much one reading may receive. */
  readonly readingLimits: ReadingLimits
  readonly log: Logger
  /** Removes every configured secret: a vendor, or a proxy before it, may quote another account's. */
  readonly redact: Redact
  /** Whether changes at the vendor are allowed. */
  readonly writes: boolean
  /** The changes that are being sent or verified. */
  readonly pendingWork: PendingWork
  readonly replicas: Replicas
  /** The objects that survive when the configuration is read again. All other members are then those of the new one. */
  readonly kept: KeptByVendor
  /** Called when this process has another reading of a place than before, or no longer one. */
  readonly onReadingChange?: () => void
  /** Records how lists change; absent where that is of no interest. */
  readonly lists?: ListObserver | undefined
  /** Absent when nothing is counted. */
  readonly observer?: UpstreamObserver | undefined
}
