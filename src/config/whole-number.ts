import { z } from 'zod'
import { expected } from './wording.ts'

/** A whole number between two others, both allowed. */
export const wholeNumber = (least: number, most: number) => {
  const expectation = expected(`a whole number from ${least} to ${most}`)
  // Not z.int: a fraction would keep the checks of the mapping around it from running.
  return z
    .number(expectation)
    .refine((number) => Number.isInteger(number) && least <= number && number <= most, expectation)
}
