import { z } from 'zod'
import { idPattern } from '../upstream/url.ts'
import { expected } from './wording.ts'

const allowed = '1 to 128 characters of A-Z, a-z, 0-9, _ and -, in quotes when all are digits'

/** An id that the vendor gave. It enters URLs, hence the narrow alphabet. */
export const id = (what: string) =>
  z.string(expected(`${what}: ${allowed}`)).regex(idPattern, expected(`${what}: ${allowed}`))

/** What people call the place. */
export const name = z.string(expected('a name to show')).min(1, expected('a name to show')).nullable().default(null)

/** A credential, as it enters a header: no spaces, nothing beyond ASCII. */
export const secret = (what: string) => {
  const expectation = expected(`${what} of visible ASCII characters without spaces`)
  return z.string(expectation).regex(/^[!-~]+$/, expectation)
}

/** At least one entry: who has none leaves the setting out of the file instead, and what that means can be told. */
export const listOf = <Entry extends z.ZodType>(entry: Entry, what: string, otherwise?: string) => {
  const expectation = (list: string) => expected(otherwise === undefined ? list : `${list}, ${otherwise}`)
  return z.array(entry, expectation(`a list of ${what}`)).min(1, expectation(`a list of at least one of the ${what}`))
}

/** The smaller places within one: `discover`, or a list of their ids. */
export const discoverOr = (what: string, { atLeast = 0 } = {}) => {
  const expectation = expected(`"discover" or a list of ${what} ids`)
  const ids = z
    .array(id(`a ${what} id`))
    .min(atLeast, expectation)
    .refine((list) => new Set(list).size === list.length, `has one twice; expected each ${what} once`)
  return z.union([z.literal('discover'), ids], expectation).default('discover')
}
