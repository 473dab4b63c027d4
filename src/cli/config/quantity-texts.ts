import type { Fraction } from '../../fraction.ts'

const durations = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const
const sizes = [
  ['MiB', 1024 ** 2],
  ['MB', 1000 ** 2],
  ['kB', 1000],
  ['B', 1],
] as const

/** A time as the configuration file has it. */
export const toDurationText = (milliseconds: number): string =>
  milliseconds === 0 ? '0s' : withUnit(milliseconds, durations)

/** A number of bytes as the configuration file has it. */
export const toSizeText = (bytes: number): string => withUnit(bytes, sizes)

/** A share as the configuration file has it. One that was written as a decimal has a power of ten below. */
export const toFractionText = ({ numerator, denominator }: Fraction): string =>
  /^10*$/.test(String(denominator)) ? String(numerator / denominator) : `${numerator}/${denominator}`

/** In the largest unit that gives a whole number. */
function withUnit(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, size] = units.find(([, each]) => value % each === 0) ?? ['', 1]
  return `${value / size}${unit}`
}
