import { z } from 'zod'
import { idPattern } from '../upstream/url.ts'
import { expected } from './wording.ts'

const allowed = '1 to 128 characters of A-Z, a-z, 0-9, _ and -, quoted if it has only digits'

/** A vendor's id. Its alphabet is that of `upstreamUrl`, which puts ids into URLs. */
export const id = (what: string) =>
  z.string(expected(`${what}: ${allowed}`)).regex(idPattern, expected(`${what}: ${allowed}`))

/** The display name of a place. */
export const name = z.string(expected('a display name')).min(1, expected('a display name')).nullable().default(null)

/** A credential that is sent in a header. */
export const secret = (what: string) => {
  const expectation = expected(`${what} of visible ASCII characters without spaces`)
  return z.string(expectation).regex(/^[!-~]+$/, expectation)
}

/** A list of at least one entry. `otherwise` completes the message with what to write in place of an empty list. */
export const listOf = <Entry extends z.ZodType>(entry: Entry, what: string, otherwise?: string) => {
  const expectation = (list: string) => expected(otherwise === undefined ? list : `${list}, ${otherwise}`)
  return z
    .array(entry, expectation(`a list of ${what}`))
    .min(1, expectation(`a list of ${what} with at least one entry`))
}

/** The places below a place: `discover`, or a list of their ids. */
export const discoverOr = (what: string, { atLeast = 0 } = {}) => {
  const expectation = expected(`"discover" or a list of ${what} ids`)
  const ids = z
    .array(id(`a ${what} id`))
    .min(atLeast, expectation)
    .refine((list) => new Set(list).size === list.length, `has the same ${what} twice; expected each ${what} once`)
  return z.union([z.literal('discover'), ids], expectation).default('discover')
}
