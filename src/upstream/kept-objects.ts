import { createHash } from 'node:crypto'
import type { UpstreamSettings } from './settings.ts'

/** The objects that outlive the configuration that they were created for: caches, rate limiters, circuit breakers. */
export interface KeptByVendor {
  /**
   * Returns the object that the last configuration has under this key, or creates it.
   * @param key all that the object is made from. It may contain secrets: only its digest is kept
   * @param end called when a later configuration does not use the object, and no operation does
   */
  get<Value extends object>(key: readonly unknown[], create: () => Value, end?: (value: Value) => void): Value
  /** Calls the function when the configuration comes into use: to give a kept object what is not part of its key. */
  onCommit(apply: () => void): void
}

/** Keeps nothing: for a program with one configuration. */
export const keptNowhere: KeptByVendor = { get: (_key, create) => create(), onCommit: (apply) => apply() }

/** An object that follows the settings of its vendor. */
interface Adjustable {
  applySettings(settings: UpstreamSettings): void
}

interface Entry {
  readonly value: object
  readonly vendor: string
  /** The keys of the objects that were created for this one: they are kept with it. */
  readonly parts: readonly string[]
  end(): void
}

type Entries = ReadonlyMap<string, Entry>

/** The objects of one configuration, while and after it is built. */
export interface Generation {
  /** The objects of a vendor, by its key in the configuration. */
  of(vendor: string): KeptByVendor
  /** Makes this the configuration in use. Objects get the settings of their vendor. */
  commit(settingsOf: (vendor: string) => UpstreamSettings | undefined): void
}

/** Passes objects on from one configuration to the next one. A configuration that is not committed changes nothing. */
export class KeptObjects {
  #entries: Entries = new Map()
  #removed: Entry[] = []

  begin(): Generation {
    let building: Map<string, Entry> | null = new Map()
    const applied: (() => void)[] = []
    /** The parts of the objects that are being created, the innermost last. */
    const creating: string[][] = []
    const carry = (entries: Map<string, Entry>, digest: string, entry: Entry) => {
      entries.set(digest, entry)
      for (const part of entry.parts) {
        const kept = entries.has(part) ? undefined : this.#entries.get(part)
        if (kept) carry(entries, part, kept)
      }
    }
    return {
      of: (vendor) => ({
        onCommit: (apply) => void applied.push(apply),
        get: (key, create, end = () => {}) => {
          const digest = createHash('sha256')
            .update(JSON.stringify([vendor, ...key]))
            .digest('base64')
          // An object outlives this generation, and has its reference: it must not keep the other objects.
          if (!building) throw new Error('the configuration is in use: its objects have been created')
          const entries = building
          creating.at(-1)?.push(digest)
          const known = entries.get(digest) ?? this.#entries.get(digest)
          if (known) {
            carry(entries, digest, known)
            // The key has all that the object is made from, and its kind.
            return known.value as ReturnType<typeof create>
          }
          const parts: string[] = []
          creating.push(parts)
          try {
            const value = create()
            entries.set(digest, { value, vendor, parts, end: () => end(value) })
            return value
          } finally {
            creating.pop()
          }
        },
      }),
      commit: (settingsOf) => {
        const entries: Entries = building ?? new Map()
        building = null
        for (const [key, entry] of this.#entries) if (!entries.has(key)) this.#removed.push(entry)
        this.#entries = entries
        for (const apply of applied.splice(0)) apply()
        for (const { value, vendor } of entries.values()) {
          const settings = settingsOf(vendor)
          if (settings && isAdjustable(value)) value.applySettings(settings)
        }
      },
    }
  }

  /** Ends the objects that the configuration in use does not have. */
  endRemoved(): void {
    for (const { end } of this.#removed.splice(0)) end()
  }
}

function isAdjustable(value: object): value is Adjustable {
  return 'applySettings' in value && typeof value.applySettings === 'function'
}
