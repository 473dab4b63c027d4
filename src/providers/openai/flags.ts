import type { OpenAICertificate } from './certificate.ts'

/** The part of a list of certificates that has the flags. */
export interface FlagList {
  readonly rows: readonly Pick<OpenAICertificate, 'certificateId' | 'listedActive'>[]
  readonly unreadableRows: number
}

/** The active flag of a certificate in a list: false when it is not listed, null when that is not known. */
export function flagIn({ rows, unreadableRows }: FlagList, id: string): boolean | null {
  const row = indexOf(rows).get(id)
  if (row) return row.listedActive
  return unreadableRows > 0 ? null : false
}

/** The rows of each list by certificate: a page of certificates looks in the list of every project. */
const indexes = new WeakMap<FlagList['rows'], ReadonlyMap<string, FlagList['rows'][number]>>()

function indexOf(rows: FlagList['rows']) {
  let index = indexes.get(rows)
  if (!index) {
    index = new Map(rows.map((row) => [row.certificateId, row]))
    indexes.set(rows, index)
  }
  return index
}

/** Whether a list has an active certificate other than these; null when that is not known. */
export function hasOtherActive({ rows, unreadableRows }: FlagList, ids: readonly string[]): boolean | null {
  const others = rows.filter(({ certificateId }) => !ids.includes(certificateId))
  return anyOf([...others.map(({ listedActive }) => listedActive), unreadableRows > 0 ? null : false])
}

/**
 * Whether these are the last active certificates of a place: active in one of its lists, with no other active certificate
 * in any. An organization has one list; a project has its own and that of its organization. Null when that is not known.
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
