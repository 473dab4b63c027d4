import type { Config } from './configuration.ts'
import { findWiderRights } from './rights.ts'

type AnyConfig = Config<Readonly<Record<string, unknown>>>

/**
 * Finds what a configuration that is read again must not change. It never widens access: a file that is cut off, or that was
 * replaced by mistake, is often valid. Redis, the state and listeners need a restart. Each reason names the setting.
 */
export function findRejections(before: AnyConfig, after: AnyConfig): readonly string[] {
  const reasons = [
    [!isEqual(sourceOf(before), sourceOf(after)), 'the configuration comes from another file, or from the environment'],
    [isAccessFromVariable(before, after), `access: it would come from ${accessName(after)} in place of the file`],
    [!isEqual(before.redis, after.redis), 'redis: it is connected at the start'],
    [!isEqual(listenerOf(before), listenerOf(after)), 'HOST and PORT: they are opened at the start'],
    [isOtherStore(before, after), 'state: its folder is opened at the start'],
    [!isEqual(metricsOf(before), metricsOf(after)), 'metrics: they are set up at the start'],
  ] as const
  return [...reasons.flatMap(([isRefused, reason]) => (isRefused ? [reason] : [])), ...findWiderRights(before, after)]
}

function sourceOf({ mode, source }: AnyConfig): unknown {
  return [mode, source.file]
}

const accessName = ({ source }: AnyConfig) => source.nameOf(['access'])

/** A file that has lost its `access` leaves it to the environment, even where that says public. */
function isAccessFromVariable(before: AnyConfig, after: AnyConfig): boolean {
  return accessName(before) === 'access' && accessName(after) !== 'access'
}

function listenerOf({ server: { host, port } }: AnyConfig): unknown {
  return [host, port]
}

/** The history may be kept for another time at once. With Redis there is no folder, and the reason above says enough. */
function isOtherStore(before: AnyConfig, after: AnyConfig): boolean {
  const storeOf = ({ state: { path, maxSize } }: AnyConfig) => [path, maxSize]
  return before.redis === null && after.redis === null && !isEqual(storeOf(before), storeOf(after))
}

function metricsOf({ metrics: { enabled, listener } }: AnyConfig): unknown {
  return [enabled, listener]
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
