import ms from 'ms'
import { z } from 'zod'
import { defaultSettings, type UpstreamSettings } from '../upstream/settings.ts'
import { duration } from './duration.ts'
import { isMapping, mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { expected } from './wording.ts'

const concurrencyExpected = expected('a whole number from 1 to 100')

const settings = {
  timeout: duration().optional(),
  readingTimeout: duration().optional(),
  concurrency: z.int(concurrencyExpected).min(1, concurrencyExpected).max(100, concurrencyExpected).optional(),
  ttl: duration({ zero: true }).optional(),
  discoveryTtl: duration({ zero: true }).optional(),
}
const ofOneVendor = mapping(settings).prefault({})

export interface ConfiguredUpstream {
  /** One GraphQL operation, in milliseconds. */
  readonly deadline: number
  /** What holds for a vendor: its own settings, then those for all, then the defaults. */
  of(vendor: string, defaultTtl: number): UpstreamSettings
}

/** `upstream:` in the file: settings for all vendors, and beside them a mapping for any one of them. */
export function parseUpstream(value: unknown, vendors: readonly string[], mistakes: Mistakes): ConfiguredUpstream {
  const ofAllVendors = mapping({ ...settings, deadline: duration().default(ms('25s')) }, vendors).prefault({})
  const all = mistakes.read(ofAllVendors, value, ['upstream']) ?? ofAllVendors.parse({})
  const sections = new Map(
    vendors.map((vendor) => {
      const section = isMapping(value) ? value[vendor] : undefined
      return [vendor, mistakes.read(ofOneVendor, section, ['upstream', vendor])]
    }),
  )
  return {
    deadline: all.deadline,
    of(vendor, defaultTtl) {
      const own = sections.get(vendor)
      const standard = { ...defaultSettings, ttl: defaultTtl }
      const choose = (name: keyof UpstreamSettings) => own?.[name] ?? all[name] ?? standard[name]
      return {
        timeout: choose('timeout'),
        readingTimeout: choose('readingTimeout'),
        concurrency: choose('concurrency'),
        ttl: choose('ttl'),
        discoveryTtl: choose('discoveryTtl'),
      }
    },
  }
}
