import { z } from 'zod'
import { isObject } from '../is-object.ts'

interface Doubles {
  /** Where the list is in the file. */
  readonly at: string
  /** What two entries would both be. */
  readonly noun: string
  /** The setting that must differ; the entry as a whole when there is none. */
  readonly field?: string
}

function tellDoubles(keys: readonly (string | undefined)[], { at, noun, field }: Doubles, context: z.RefinementCtx) {
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

/** No two entries of a list may have the same text in a setting, even when something else is wrong with them. */
export const distinctValues = (at: string, noun: string, field: string) =>
  z.superRefine<readonly unknown[]>(
    (list, context) =>
      tellDoubles(
        list.map((entry) => textOf(entry, field)),
        { at, noun, field },
        context,
      ),
    { when: isList },
  )

/** No two entries of a list may have the same id. */
export const distinctIds = (at: string, noun: string) => distinctValues(at, noun, 'id')

/** No two entries of a list may have the same key. Entries with a mistake in them have none. */
export const distinctBy = <Entry>(at: string, noun: string, keyOf: (entry: Entry) => string) =>
  z.superRefine<readonly Entry[]>(
    (list, context) => {
      const broken = new Set(context.issues.map(({ path }) => path?.[0]))
      const keys = list.map((entry, index) => (broken.has(index) ? undefined : keyOf(entry)))
      tellDoubles(keys, { at, noun }, context)
    },
    { when: isList },
  )
