import type { OpenAICertificate } from './certificate.ts'

/** As much of a list of certificates as flags are read from. */
export interface FlagList {
  readonly rows: readonly Pick<OpenAICertificate, 'certificateId' | 'listedActive'>[]
  readonly unreadableRows: number
}

/** The flag of a certificate in a list: null when it cannot be known, false when the list does not have it. */
export function flagIn({ rows, unreadableRows }: FlagList, id: string): boolean | null {
  const row = rows.find(({ certificateId }) => certificateId === id)
  if (row) return row.listedActive
  return unreadableRows > 0 ? null : false
}

/** Whether a list has an active certificate beside these; null when it cannot be known. */
export function hasOtherActive({ rows, unreadableRows }: FlagList, ids: readonly string[]): boolean | null {
  const others = rows.filter(({ certificateId }) => !ids.includes(certificateId))
  return anyOf([...others.map(({ listedActive }) => listedActive), unreadableRows > 0 ? null : false])
}

/**
 * Whether these and no others are active in what the lists say together: an organization's alone, or a project's own and
 * its organization's, which every project inherits. Null when it cannot be known.
 */
export function areLastActive(ids: readonly string[], lists: readonly FlagList[]): boolean | null {
  const areActive = anyOf(lists.flatMap((list) => ids.map((id) => flagIn(list, id))))
  const haveOthers = anyOf(lists.map((list) => hasOtherActive(list, ids)))
  if (areActive === false || haveOthers === true) return false
  return areActive === null || haveOthers === null ? null : true
}

function anyOf(flags: readonly (boolean | null)[]): boolean | null {
  if (flags.includes(true)) return true
  return flags.includes(null) ? null : false
}
