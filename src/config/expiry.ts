import ms from 'ms'
import { z } from 'zod'
import { type Fraction, isMore } from '../fraction.ts'
import { isObject } from '../is-object.ts'
import { fraction } from './fraction.ts'
import { mapping } from './mapping.ts'
import type { ConfigPart } from './part.ts'
import { duration } from './quantities.ts'

interface Thresholds {
  readonly critical: number
  readonly warning: number
  /** Null: the lifetime of a certificate is ignored. */
  readonly lifetime: { readonly critical: Fraction; readonly warning: Fraction } | null
}

/** When a certificate is in WARNING and in CRITICAL status. Times are in milliseconds. */
export interface ExpiryConfig extends Thresholds {
  /** The vendors with their own settings, by the value of the enum CertificateProvider. */
  readonly vendors: Readonly<Record<string, Thresholds>>
}

const standard = {
  critical: ms('14d'),
  warning: ms('30d'),
  lifetime: { critical: { numerator: 1, denominator: 6 }, warning: { numerator: 1, denominator: 3 } },
} as const satisfies Thresholds

const threshold = duration({ max: ms('3650d') }).optional()
const shares = mapping({ critical: fraction.optional(), warning: fraction.optional() })
const none = z.literal('none', { error: 'not valid; expected none, or a mapping with critical, warning' })

/** The settings of a section. What `lifetime` has to be depends on its value, so that mistakes in a mapping have their paths. */
const settingsIn = (section: unknown) => ({
  critical: threshold,
  warning: threshold,
  lifetime: (isObject(section) && isObject(section['lifetime']) ? shares : none).optional(),
})

type Section = z.infer<ReturnType<typeof readSection>>

const readSection = (section: unknown) => mapping(settingsIn(section))

/** `expiry:` in the configuration file: for all vendors, and a mapping with other settings per vendor. */
export function expirySettings(
  file: unknown,
  parts: Readonly<Record<string, Pick<ConfigPart<never>, 'provider'>>>,
): z.ZodType<ExpiryConfig> {
  const sectionOf = (key: string) => (isObject(file) ? file[key] : undefined)
  const vendors = Object.fromEntries(Object.keys(parts).map((key) => [key, readSection(sectionOf(key)).optional()]))
  return mapping({ ...settingsIn(file), ...vendors })
    .transform((settings, context): ExpiryConfig => {
      const all = merge(settings, standard)
      checkOrder(all, [], settings, context)
      const own = Object.entries(parts).flatMap(([key, { provider }]) => {
        const section = settings[key] as Section | undefined
        if (!section) return []
        const merged = merge(section, all)
        checkOrder(merged, [key], section, context)
        return [[provider, merged] as const]
      })
      return { ...all, vendors: Object.fromEntries(own) }
    })
    .prefault({})
}

function merge({ critical, warning, lifetime }: Section, defaults: Thresholds): Thresholds {
  const inherited = defaults.lifetime ?? standard.lifetime
  return {
    critical: critical ?? defaults.critical,
    warning: warning ?? defaults.warning,
    lifetime:
      lifetime === undefined
        ? defaults.lifetime
        : lifetime === 'none'
          ? null
          : { critical: lifetime.critical ?? inherited.critical, warning: lifetime.warning ?? inherited.warning },
  }
}

/** A mistake is reported at a setting that the section has, or at `critical`. */
function checkOrder(
  { critical, warning, lifetime }: Thresholds,
  path: readonly string[],
  section: Section,
  context: z.RefinementCtx,
): void {
  const name = ['expiry', ...path].join('.')
  if (critical > warning) {
    if (section.critical === undefined) {
      const isDefault = path.length === 0
      const message = `shorter than the critical time, ${ms(critical)}${isDefault ? ' by default' : ''}; expected the same duration or a longer one, or a shorter ${name}.critical`
      context.addIssue({ code: 'custom', path: [...path, 'warning'], message })
    } else {
      const message = `longer than ${name}.warning; expected the same duration or a shorter one`
      context.addIssue({ code: 'custom', path: [...path, 'critical'], message })
    }
  }
  if (lifetime && isMore(lifetime.critical, lifetime.warning)) {
    const message = `the critical share is larger than the warning share; expected ${name}.lifetime.critical to be at most ${name}.lifetime.warning`
    context.addIssue({ code: 'custom', path: [...path, 'lifetime'], message })
  }
}
