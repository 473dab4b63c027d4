import type { AccessConfig, ApiKeyConfig } from './access.ts'
import type { Config } from './configuration.ts'

type AnyConfig = Config<object>

/**
 * Finds what a configuration that is read again must not change. It never widens access: a file that is cut off, or that was
 * replaced by mistake, is often valid. Redis and listeners need a restart. Each reason names the setting.
 */
export function findRejections(before: AnyConfig, after: AnyConfig): readonly string[] {
  const reasons = [
    [!isEqual(sourceOf(before), sourceOf(after)), 'the configuration comes from another file, or from the environment'],
    [isMadePublic(before.server.access, after.server.access), 'access: it would be public'],
    [!before.writes && after.writes, 'writes: they would be enabled'],
    [
      before.documents.mode === 'require' && after.documents.mode !== 'require',
      'documents.mode: callers could send other documents than the trusted ones',
    ],
    [!isEqual(before.redis, after.redis), 'redis: it is connected at the start'],
    [!isEqual(listenerOf(before), listenerOf(after)), 'HOST and PORT: they are opened at the start'],
    [!isEqual(metricsOf(before), metricsOf(after)), 'metrics: they are set up at the start'],
  ] as const
  return [
    ...reasons.flatMap(([isRefused, reason]) => (isRefused ? [reason] : [])),
    ...keysWithoutPlaces(before.server.access, after.server.access),
    ...issuersWithOtherPlaces(before.server.access, after.server.access),
  ]
}

function sourceOf({ mode, source }: AnyConfig): unknown {
  return [mode, source.file]
}

function listenerOf({ server: { host, port } }: AnyConfig): unknown {
  return [host, port]
}

function metricsOf({ metrics: { enabled, listener } }: AnyConfig): unknown {
  return [enabled, listener]
}

function isMadePublic(before: AccessConfig, after: AccessConfig): boolean {
  return before !== 'public' && after === 'public'
}

/** A key is the same one under another name, and so is a name with another key: keys are replaced. */
function keysWithoutPlaces(before: AccessConfig, after: AccessConfig): readonly string[] {
  if (before === 'public' || after === 'public') return []
  const wasLimited = ({ name, sha256 }: ApiKeyConfig) =>
    before.apiKeys.some((key) => (key.name === name || key.sha256 === sha256) && key.places !== null)
  return after.apiKeys.flatMap((key, index) =>
    key.places === null && wasLimited(key)
      ? [`access.apiKeys[${index}].places: the key ${key.name} would see all places`]
      : [],
  )
}

/** A token without the claim sees all places. */
function issuersWithOtherPlaces(before: AccessConfig, after: AccessConfig): readonly string[] {
  if (before === 'public' || after === 'public') return []
  return after.jwt.flatMap(({ issuer, placesClaim }, index) =>
    before.jwt.some((each) => each.issuer === issuer && each.placesClaim !== placesClaim)
      ? [`access.jwt[${index}].placesClaim: tokens without this claim would see all places`]
      : [],
  )
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
