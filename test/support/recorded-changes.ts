import type { ChangeFeed, RecordedChange } from '../../src/changes/change.ts'
import { toGlobalId } from '../../src/providers/global-id.ts'

export const certificateIdOf = (name: string) => toGlobalId('OpenAICertificate', name)
export const placeIdOf = (vendorId: string) => toGlobalId('OpenAIOrganization', vendorId)

/** A change of a certificate that warns of its expiry, in the place org_acme. */
export function changeOf(sequence: number, more: Partial<RecordedChange> = {}): RecordedChange {
  return {
    sequence,
    id: `change-${sequence}`,
    kind: 'APPEARED',
    at: Date.UTC(2030, 0, 1),
    provider: 'OPENAI',
    placeId: placeIdOf('org_acme'),
    placeVendorId: 'org_acme',
    certificateId: certificateIdOf(`cert_${sequence}`),
    name: `certificate ${sequence}`,
    expiresAt: Date.UTC(2030, 0, 15),
    expiryStatus: null,
    replacesId: null,
    actor: null,
    ...more,
  }
}

/** A history in memory. */
export class MemoryFeed implements ChangeFeed {
  readonly changes: RecordedChange[] = []
  /** The beginning of the ids of its changes. */
  history = 'change'
  #wake = () => {}
  #woken = new Promise<void>((resolve) => {
    this.#wake = resolve
  })

  /** Records changes, which come in one batch. */
  record(...changes: readonly Partial<RecordedChange>[]): void {
    for (const change of changes) this.changes.push(this.#changeOf(this.changes.length + 1, change))
    const wake = this.#wake
    this.#woken = new Promise((resolve) => {
      this.#wake = resolve
    })
    wake()
  }

  #changeOf(sequence: number, change: Partial<RecordedChange>): RecordedChange {
    return changeOf(sequence, { id: `${this.history}-${sequence}`, ...change })
  }

  async last(): Promise<number> {
    return this.changes.length
  }

  sequenceOf(id: string): number | null {
    return this.changes.find((change) => change.id === id)?.sequence ?? null
  }

  async *follow(after: number, signal: AbortSignal): AsyncGenerator<readonly RecordedChange[]> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    for (let position = after; !signal.aborted; ) {
      const woken = this.#woken
      const next = this.changes.slice(position)
      position = this.changes.length
      if (next.length > 0) yield next
      else await Promise.race([woken, aborted])
    }
  }
}
