import { z } from 'zod'
import type { KeptTexts } from '../upstream/kept-texts.ts'
import type { Outage, Outages } from './outage.ts'

/** Each text has the outages whose keys begin with one digit: thousands of places may fail together. */
const parts = [...'0123456789abcdef']
const keptOutages = z.record(z.string(), z.tuple([z.number(), z.boolean(), z.number()]))

/** The outages of one endpoint, beyond the end of the process. */
export class OutageStore {
  readonly #texts: KeptTexts
  readonly #endpoint: string

  constructor(texts: KeptTexts, endpoint: string) {
    this.#texts = texts
    this.#endpoint = endpoint
  }

  async load(): Promise<Outages> {
    const texts = await Promise.all(parts.map((part) => this.#texts.get(`${this.#endpoint} ${part}`)))
    return new Map(texts.flatMap(parseOutages))
  }

  /** Keeps the parts in which something has changed. */
  async save(before: Outages, after: Outages): Promise<void> {
    const changed = new Set(
      [...new Set([...before.keys(), ...after.keys()])]
        .filter((key) => before.get(key) !== after.get(key))
        .map((key) => key.charAt(0)),
    )
    for (const part of changed) {
      const kept = [...after].filter(([key]) => key.startsWith(part))
      const text = kept.map(([key, { since, isReported, lastSeen }]) => [key, [since, isReported, lastSeen]] as const)
      const name = `${this.#endpoint} ${part}`
      if (kept.length === 0) await this.#texts.remove(name)
      else await this.#texts.set(name, JSON.stringify(Object.fromEntries(text)))
    }
  }
}

function parseOutages(text: string | null): readonly (readonly [string, Outage])[] {
  if (text === null) return []
  try {
    const kept = Object.entries(keptOutages.parse(JSON.parse(text)))
    return kept.map(([key, [since, isReported, lastSeen]]) => [key, { since, isReported, lastSeen }])
  } catch {
    return []
  }
}
