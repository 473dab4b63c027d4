import { isObject } from '../../is-object.ts'
import { createRedactor } from '../../upstream/redact.ts'
import type { AnyConfig } from '../../vendors.ts'

const mask = '[secret]'
/** More characters than any setting has. */
const maxLength = 100_000

/** A setting with such a name is not printed, whatever its value is. Digests of keys do not help a reader either. */
const secretName = /secret|token|password|passphrase|credential$|key$|^sha256$/i

/** The settings that are times. Their values are in milliseconds. */
const times: ReadonlySet<string> = new Set([
  'critical',
  'warning',
  'deadline',
  'drainDelay',
  'storeFor',
  'timeout',
  'readingTimeout',
  'ttl',
  'discoveryTtl',
  'staleWhileRevalidate',
  'staleIfError',
  'minReadingAge',
  'window',
])

/** The configuration with its defaults, by the sections of the file, without any secret. */
export function toEffectiveConfig({ secrets, server, deadline, providers, documents, ...sections }: AnyConfig): object {
  const { access, ...listening } = server
  const redact = createRedactor(secrets)
  const vendors = Object.entries(providers).map(([key, part]) => [key, part?.config])
  const upstream = Object.entries(providers).map(([key, part]) => [key, part?.upstream])
  return {
    ...toPlain({ server: listening, access, ...sections }, redact),
    documents: { mode: documents.mode, ids: [...documents.list.keys()] },
    upstream: { deadline: toTime(deadline), ...toPlain(Object.fromEntries(upstream), redact) },
    ...toPlain(Object.fromEntries(vendors), redact),
  }
}

type Redact = ReturnType<typeof createRedactor>

function toPlain(value: object, redact: Redact): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && typeof member !== 'function')
      .map(([name, member]) => [redact(name, maxLength), toValue(name, member, redact)]),
  )
}

function toValue(name: string, value: unknown, redact: Redact): unknown {
  if (typeof value === 'number' && times.has(name)) return toTime(value)
  if (typeof value === 'string') return secretName.test(name) ? mask : redact(value, maxLength)
  if (value instanceof Map) return toPlain(Object.fromEntries(value), redact)
  if (value instanceof Set || Array.isArray(value)) return [...value].map((item) => toValue(name, item, redact))
  if (typeof value === 'bigint') return String(value)
  return isObject(value) ? toPlain(value, redact) : value
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A time as the configuration file has it, in the largest unit that gives a whole number. */
function toTime(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  const [unit, length] = units.find(([, each]) => milliseconds % each === 0) ?? ['ms', 1]
  return `${milliseconds / length}${unit}`
}
