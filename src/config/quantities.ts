import ms from 'ms'
import { z } from 'zod'
import { expected } from './wording.ts'

/** A whole number in a range, both ends included. */
export const wholeNumber = (min: number, max: number) => {
  const expectation = expected(`a whole number from ${min} to ${max}`)
  // z.int aborts at a fraction, and the checks of the mapping around it would not run.
  return z
    .number(expectation)
    .refine((number) => Number.isInteger(number) && min <= number && number <= max, expectation)
}

// A Node timer with a longer delay fires at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args).
const maxTimerDelay = ms('24d')

const isDuration = (value: unknown): value is ms.StringValue | 0 =>
  value === 0 || (typeof value === 'string' && /^\d{1,9}(ms|s|m|h|d)$/.test(value))

const durationExamples: readonly ms.StringValue[] = ['500ms', '10s', '5m', '24h', '14d']

/** A duration such as `10s`, in milliseconds. `zero` allows `0` and `0s`. */
export const duration = ({ zero = false, max = maxTimerDelay } = {}) => {
  const range = zero ? `from 0s to ${ms(max)}` : `longer than 0s, at most ${ms(max)}`
  const examples = durationExamples.filter((example) => ms(example) <= max)
  const expectation = expected(`a duration such as ${examples.join(', ').replace(/, (?=\w+$)/, ' or ')}, ${range}`)
  return (
    z
      // A custom check aborts by default, and the checks of the mapping around it would not run.
      .custom<ms.StringValue | 0>(isDuration, { ...expectation, abort: false })
      .transform((value) => (value === 0 ? 0 : ms(value)))
      .refine((length) => (zero || length > 0) && length <= max, expectation)
  )
}

const bytesPerUnit: Readonly<Record<string, number>> = { B: 1, kB: 1000, MB: 1000 ** 2, MiB: 1024 ** 2 }
const sizePattern = /^(\d{1,9})(B|kB|MB|MiB)$/

/** A size such as `100kB`, in bytes. */
export const size = (max: string, min = '1B') => {
  const [minBytes, maxBytes] = [toBytes(min), toBytes(max)]
  const expectation = expected(`a size such as 500B, 100kB, 2MB or 32MiB, from ${min} to ${max}`)
  return z
    .string(expectation)
    .regex(sizePattern, { ...expectation, abort: false })
    .transform(toBytes)
    .refine((bytes) => bytes >= minBytes && bytes <= maxBytes, expectation)
}

function toBytes(text: string): number {
  const [, amount, unit = ''] = sizePattern.exec(text) ?? []
  return Number(amount) * (bytesPerUnit[unit] ?? Number.NaN)
}
