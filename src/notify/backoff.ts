import ms from 'ms'

/** How long a message is tried. */
export const maxMessageAge = ms('24h')

/** How long an endpoint pauses at most because its receiver asks for it. */
export const maxPause = ms('1h')

const first = ms('10s')
const factor = 3
const longest = ms('4h')
/** The share of the pause by which it is shorter or longer, so that the messages of an outage do not return together. */
const jitter = 0.2

/**
 * Milliseconds from a failed attempt to the next one: 10 s, 30 s, 90 s and so on up to 4 h.
 * @param attempts the attempts so far, at least 1
 * @param random from 0 to 1
 */
export function backoff(attempts: number, random: number): number {
  const pause = Math.min(longest, first * factor ** (attempts - 1))
  return Math.round(pause * (1 - jitter + 2 * jitter * random))
}

/** The longest pause that `backoff` gives; 0 before the first attempt. */
export function longestBackoff(attempts: number): number {
  return attempts === 0 ? 0 : backoff(attempts, 1)
}
