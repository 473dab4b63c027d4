import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { RecordedChange } from '../changes/change.ts'
import type { KeptTexts } from '../upstream/kept-texts.ts'

/** How long it is kept that an endpoint was notified of a threshold. */
const maxAge = 100 * 86_400_000

/** Entries of one text, of which there are 256. */
const maxCount = 1_000

/** By threshold: the id of the change that was sent, and when. */
const keptCrossings = z.record(z.string(), z.tuple([z.string(), z.number()]))
type SentCrossings = Record<string, readonly [id: string, at: number]>

/** Whether a change is that of a threshold: each place that lists the certificate has one. */
export const isCrossing = ({ kind }: Pick<RecordedChange, 'kind'>): boolean => kind === 'EXPIRING' || kind === 'EXPIRED'

/** A text that is the same for all places that list the certificate. */
export function crossingKey({ certificateId, kind, expiryStatus, expiresAt }: RecordedChange): string {
  return `${certificateId} ${kind} ${expiryStatus} ${expiresAt}`
}

/** The thresholds that an endpoint was notified of. Each one is sent once, whichever places list the certificate. */
export class Crossings {
  readonly #texts: KeptTexts
  readonly #endpoint: string
  readonly #now: () => number

  constructor(texts: KeptTexts, endpoint: string, now: () => number) {
    this.#texts = texts
    this.#endpoint = endpoint
    this.#now = now
  }

  /**
   * Records the change as the one of its threshold. False when another change was. A change that is looked at again after a
   * restart is the recorded one.
   */
  async add(change: RecordedChange): Promise<boolean> {
    const digest = createHash('sha256').update(crossingKey(change)).digest('hex').slice(0, 24)
    // Each text has a part of the certificates, so that a write is small.
    const key = `${this.#endpoint} ${digest.slice(0, 2)}`
    const now = this.#now()
    const kept = parseCrossings(await this.#texts.get(key))
    const known = kept[digest]
    if (known) return known[0] === change.id
    const young = Object.entries(kept)
      .filter(([, [, at]]) => now - at < maxAge)
      .slice(-maxCount)
    await this.#texts.set(key, JSON.stringify(Object.fromEntries([...young, [digest, [change.id, now]]])))
    return true
  }
}

function parseCrossings(text: string | null): SentCrossings {
  if (text === null) return {}
  try {
    return keptCrossings.safeParse(JSON.parse(text)).data ?? {}
  } catch {
    return {}
  }
}
