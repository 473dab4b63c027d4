import { z } from 'zod'
import { expected } from './wording.ts'

const units: Readonly<Record<string, number>> = { B: 1, kB: 1000, MB: 1000 ** 2, MiB: 1024 ** 2 }
const pattern = /^(\d{1,9})(B|kB|MB|MiB)$/

/** A size such as `100kB`, in bytes: from one byte to the most that is allowed. */
export const size = (most: number, mostText: string) => {
  const expectation = expected(`a size such as 500B, 100kB, 2MB or 32MiB, at most ${mostText}`)
  return z
    .string(expectation)
    .regex(pattern, { ...expectation, abort: false })
    .transform(toBytes)
    .refine((bytes) => bytes >= 1 && bytes <= most, expectation)
}

function toBytes(text: string): number {
  const [, amount, unit = ''] = pattern.exec(text) ?? []
  return Number(amount) * (units[unit] ?? Number.NaN)
}
