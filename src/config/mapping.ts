import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { expected } from './wording.ts'

/** A mapping of these settings, and of `others` that are read elsewhere. An unknown key is a mistake of its own. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, others: readonly string[] = []) {
  const known = [...Object.keys(shape), ...others]
  return z.looseObject(shape, expected(`a mapping with ${known.join(', ')}`)).superRefine(
    (value, context) => {
      for (const key of Object.keys(value).filter((name) => !known.includes(name)))
        context.addIssue({ code: 'custom', path: [key], message: `unknown; known are ${known.join(', ')}` })
    },
    // Also when other settings are wrong: all mistakes are told at once.
    { when: ({ value }) => isObject(value) },
  )
}

/** Of two settings exactly one must be there. */
export const exactlyOne = (first: string, second: string) =>
  z.superRefine<Record<string, unknown>>(
    (value, context) => {
      const given = [first, second].filter((key) => value[key] !== undefined)
      if (given.length === 2) context.addIssue(`has both ${first} and ${second}; expected one of them`)
      if (given.length === 0) context.addIssue(`has neither ${first} nor ${second}; expected one of them`)
    },
    { when: ({ value }) => isObject(value) },
  )
