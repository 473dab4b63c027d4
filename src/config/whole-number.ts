import { z } from 'zod'
import { expected } from './wording.ts'

/** A whole number between two others, both allowed. */
export const wholeNumber = (least: number, most: number) => {
  const expectation = expected(`a whole number from ${least} to ${most}`)
  return z.int(expectation).min(least, expectation).max(most, expectation)
}
