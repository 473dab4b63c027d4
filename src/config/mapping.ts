import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { nearestWord } from '../nearest-word.ts'
import { isPrintableKey } from './mistakes.ts'
import { expected } from './wording.ts'

interface OtherKeys {
  /** Allowed keys that another schema checks. */
  readonly others?: readonly string[]
  /** What to write in place of a key, by that key in lower case. */
  readonly hints?: Readonly<Record<string, string>>
}

/** A mapping with these settings. Unknown keys are mistakes. */
export function mapping<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  { others = [], hints = {} }: OtherKeys = {},
) {
  const known = [...Object.keys(shape), ...others]
  return z.looseObject(shape, expected(`a mapping with ${known.join(', ')}`)).superRefine(
    (value, context) => {
      for (const key of Object.keys(value).filter((name) => !known.includes(name)))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: hintFor(key, hints) ?? explainUnknown(key, known),
          params: { part: 'key' },
        })
    },
    // Runs even when settings are invalid, so that all mistakes are reported at once.
    { when: ({ value }) => isObject(value) },
  )
}

function hintFor(key: string, hints: Readonly<Record<string, string>>): string | undefined {
  const name = key.toLowerCase()
  return Object.hasOwn(hints, name) ? hints[name] : undefined
}

function explainUnknown(key: string, known: readonly string[]): string {
  const similar = isPrintableKey(key) ? nearestWord(key, known) : undefined
  const question = similar === undefined ? '' : ` (did you mean ${similar}?)`
  return `unknown; expected one of ${known.join(', ')}${question}`
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
