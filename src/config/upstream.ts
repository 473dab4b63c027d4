import ms from 'ms'
import { z } from 'zod'
import { isObject } from '../is-object.ts'
import type { Limit } from '../upstream/rate-limit/limit.ts'
import { defaultSettings, type UpstreamSettings } from '../upstream/settings.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigPart } from './part.ts'
import { duration, wholeNumber } from './quantities.ts'
import { expected } from './wording.ts'

const settings = {
  timeout: duration().optional(),
  readingTimeout: duration().optional(),
  concurrency: wholeNumber(1, 100).optional(),
  ttl: duration({ zero: true }).optional(),
  discoveryTtl: duration({ zero: true }).optional(),
  staleWhileRevalidate: duration({ zero: true }).optional(),
  staleIfError: duration({ zero: true }).optional(),
  minReadingAge: duration({ zero: true }).optional(),
  prefetch: z.boolean(expected('true or false')).optional(),
}
const vendorSection = mapping(settings).prefault({})
/** For a vendor with an adjustable rate limit. */
const adjustableSection = mapping({ ...settings, budget: wholeNumber(1, 1000).optional() }).prefault({})

type VendorPart = Pick<ConfigPart<never>, 'ttl' | 'limits'>

export interface ConfiguredUpstream {
  /** Milliseconds that one GraphQL operation may take. */
  readonly deadline: number
  /** Returns the settings of a vendor: its own, else those for all vendors, else the defaults. */
  of(vendor: string, part: VendorPart): UpstreamSettings
}

/**
 * Parses `upstream:`: settings for all vendors, and a mapping of settings per vendor.
 * @param defaults the settings whose defaults depend on other sections
 */
export function parseUpstream(
  value: unknown,
  parts: Readonly<Record<string, VendorPart>>,
  mistakes: Mistakes,
  defaults: Pick<UpstreamSettings, 'prefetch'>,
): ConfiguredUpstream {
  const vendors = Object.keys(parts)
  const allVendorsSection = mapping(
    { ...settings, deadline: duration().default(ms('25s')) },
    { others: vendors },
  ).prefault({})
  const all = mistakes.read(allVendorsSection, value, ['upstream']) ?? allVendorsSection.parse({})
  const sections = new Map(
    Object.entries(parts).map(([vendor, { limits }]) => {
      const section = isObject(value) ? value[vendor] : undefined
      const schema = limits.some(isAdjustable) ? adjustableSection : vendorSection
      return [vendor, mistakes.read<z.infer<typeof adjustableSection>>(schema, section, ['upstream', vendor])]
    }),
  )
  return {
    deadline: all.deadline,
    of(vendor, { ttl, limits }) {
      const own = sections.get(vendor)
      const standard = { ...defaultSettings, ...defaults, ttl }
      const choose = <Name extends keyof typeof settings>(name: Name): UpstreamSettings[Name] =>
        (own?.[name] ?? all[name] ?? standard[name]) as UpstreamSettings[Name]
      return {
        timeout: choose('timeout'),
        readingTimeout: choose('readingTimeout'),
        concurrency: choose('concurrency'),
        ttl: choose('ttl'),
        discoveryTtl: choose('discoveryTtl'),
        staleWhileRevalidate: choose('staleWhileRevalidate'),
        staleIfError: choose('staleIfError'),
        minReadingAge: choose('minReadingAge'),
        prefetch: choose('prefetch'),
        limits: limits.map((limit) => (isAdjustable(limit) ? { ...limit, calls: own?.budget ?? limit.calls } : limit)),
      }
    },
  }
}

function isAdjustable({ adjustable }: Limit): boolean {
  return adjustable === true
}
