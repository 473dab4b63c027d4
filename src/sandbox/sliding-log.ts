/** A rate limit that keeps a log of the calls within the last `window` milliseconds, per key. */
export function createSlidingLog({ limit, window, now }: { limit: number; window: number; now: () => number }) {
  const taken = new Map<unknown, number[]>()
  return {
    /** 0 when the call is allowed, else the milliseconds until the next one is. */
    take(key: unknown): number {
      const time = now()
      const recent = (taken.get(key) ?? []).filter((at) => at > time - window)
      taken.set(key, recent)
      const [oldest] = recent
      if (oldest !== undefined && recent.length >= limit) return oldest + window - time
      recent.push(time)
      return 0
    },
  }
}
