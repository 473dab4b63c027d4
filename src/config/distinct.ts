import { z } from 'zod'
import { isObject } from '../is-object.ts'

interface ListDescription {
  /** The path of the list in the configuration. */
  readonly at: string
  /** What the compared values are, for the message. */
  readonly noun: string
  /** The setting that is compared; the whole entry when it is missing. */
  readonly field?: string
}

function addDuplicateIssues(
  keys: readonly (string | undefined)[],
  { at, noun, field }: ListDescription,
  context: z.RefinementCtx,
) {
  const firsts = new Map<string, number>()
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, index)
    else
      context.addIssue({
        code: 'custom',
        path: field === undefined ? [index] : [index, field],
        message: `the same ${noun} as ${at}[${first}]${field === undefined ? '' : `.${field}`}; expected each once`,
      })
  }
}

function textOf(entry: unknown, field: string): string | undefined {
  const value = isObject(entry) ? entry[field] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

const isList = ({ value }: { readonly value: unknown }) => Array.isArray(value)

/** Requires that a setting differs in all entries of a list. Runs even when the entries have other mistakes. */
export const distinctValues = (at: string, noun: string, field: string) =>
  z.superRefine<readonly unknown[]>(
    (list, context) =>
      addDuplicateIssues(
        list.map((entry) => textOf(entry, field)),
        { at, noun, field },
        context,
      ),
    { when: isList },
  )

/** Requires that the entries of a list have distinct ids. */
export const distinctIds = (at: string, noun: string) => distinctValues(at, noun, 'id')

/** Requires that the entries of a list have distinct keys. Entries with mistakes are left out. */
export const distinctBy = <Entry>(at: string, noun: string, keyOf: (entry: Entry) => string) =>
  z.superRefine<readonly Entry[]>(
    (list, context) => {
      const broken = new Set(context.issues.map(({ path }) => path?.[0]))
      const keys = list.map((entry, index) => (broken.has(index) ? undefined : keyOf(entry)))
      addDuplicateIssues(keys, { at, noun }, context)
    },
    { when: isList },
  )
