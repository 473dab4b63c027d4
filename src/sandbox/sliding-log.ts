/** Counts per key what was let through within the last `window` milliseconds, as by a log of times. */
export function createSlidingLog({ limit, window, now }: { limit: number; window: number; now: () => number }) {
  const taken = new Map<unknown, number[]>()
  return {
    /** 0 when let through, else the milliseconds until the next one will be. */
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
