import { z } from 'zod'
import type { KeptRoot } from '../../state/kept-kinds.ts'
import { type Limit, paddedWindow } from '../rate-limit/limit.ts'
import { datedText, parseDated } from './dated-text.ts'

export const callsKind = 'calls' satisfies KeptRoot

const log = z.object({
  calls: z.array(z.object({ id: z.string(), resource: z.string(), at: z.number() })),
  /** Until when the calls for a resource are paused, as the vendor demands. */
  pauses: z.record(z.string(), z.number()),
})

/** The calls under the limits of one rate limiter, the oldest first, and its pauses. Times are wall-clock times. */
export type KeptCalls = z.infer<typeof log>

/** Parses a log. One that is missing or malformed is empty. */
export function parseKeptCalls(text: string | null): KeptCalls {
  return log.safeParse(parseDated(text)?.value).data ?? { calls: [], pauses: {} }
}

/** Whether a text is a log. One of another version, or a damaged one, may have had calls. */
export function isKeptCalls(text: string): boolean {
  return log.safeParse(parseDated(text)?.value).success
}

export function toKeptCallsText(now: number, log: KeptCalls): string {
  return datedText(now, log)
}

/**
 * The log without what is over. A time in the future was written before the clock was set back: it counts as now, so that it
 * is over some time.
 */
export function currentCalls(
  { calls, pauses }: KeptCalls,
  limits: readonly Limit[],
  now: number,
  maxPause: number,
): KeptCalls {
  const longest = Math.max(0, ...limits.map(paddedWindow))
  return {
    calls: calls.filter(({ at }) => at + longest > now).map((call) => (call.at > now ? { ...call, at: now } : call)),
    pauses: Object.fromEntries(
      Object.entries(pauses)
        .filter(([, until]) => until > now)
        .map(([resource, until]) => [resource, Math.min(until, now + maxPause)]),
    ),
  }
}
