import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { expected } from './wording.ts'

/** A mapping with these settings. `others` are allowed keys that another schema checks. Unknown keys are mistakes. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, others: readonly string[] = []) {
  const known = [...Object.keys(shape), ...others]
  return z.looseObject(shape, expected(`a mapping with ${known.join(', ')}`)).superRefine(
    (value, context) => {
      for (const key of Object.keys(value).filter((name) => !known.includes(name)))
        context.addIssue({ code: 'custom', path: [key], message: `unknown; expected one of ${known.join(', ')}` })
    },
    // Runs even when settings are invalid, so that all mistakes are reported at once.
    { when: ({ value }) => isObject(value) },
  )
}

/** Requires exactly one of two settings. */
export const exactlyOne = (first: string, second: string) =>
  z.superRefine<Record<string, unknown>>(
    (value, context) => {
      const given = [first, second].filter((key) => value[key] !== undefined)
      if (given.length === 2) context.addIssue(`has both ${first} and ${second}; expected one of them`)
      if (given.length === 0) context.addIssue(`has neither ${first} nor ${second}; expected one of them`)
    },
    { when: ({ value }) => isObject(value) },
  )
