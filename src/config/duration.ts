import ms from 'ms'
import { z } from 'zod'
import { expected } from './wording.ts'

const isDuration = (value: unknown): value is ms.StringValue =>
  typeof value === 'string' && /^\d{1,9}(ms|s|m|h|d)$/.test(value)

// Node fires a longer timer at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args).
const longest = ms('24d')

/** A length of time such as `10s`, in milliseconds. Zero only where it is said to be allowed. */
export const duration = ({ zero = false, max = longest } = {}) => {
  const range = zero ? `from 0s to ${ms(max)}` : `longer than 0, at most ${ms(max)}`
  const expectation = expected(`a duration such as 500ms, 10s, 5m, 24h or 14d, ${range}`)
  return (
    z
      // Without the abort that is its default, which would silence the checks of the mapping around it.
      .custom<ms.StringValue>(isDuration, { ...expectation, abort: false })
      .transform((text) => ms(text))
      .refine((length) => (zero || length > 0) && length <= max, expectation)
  )
}
