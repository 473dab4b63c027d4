import type { OpenAICertificate } from './certificate.ts'

/** The part of a list of certificates that has the flags. */
export interface FlagList {
  readonly rows: readonly Pick<OpenAICertificate, 'certificateId' | 'listedActive'>[]
  readonly unreadableRows: number
}

/** The active flag of a certificate in a list: false when it is not listed, null when that is not known. */
export function flagIn({ rows, unreadableRows }: FlagList, id: string): boolean | null {
  const flag = indexOf(rows).flags.get(id)
  if (flag !== undefined) return flag
  return unreadableRows > 0 ? null : false
}

/** The flags of a list by certificate, and how many of them are true or null. */
interface FlagIndex {
  readonly flags: ReadonlyMap<string, boolean | null>
  readonly active: number
  readonly unknown: number
}

/** The index of each list: a page of certificates looks in the list of every project, and in that of the organization. */
const indexes = new WeakMap<FlagList['rows'], FlagIndex>()

function indexOf(rows: FlagList['rows']): FlagIndex {
  let index = indexes.get(rows)
  if (!index) {
    const flags = new Map(rows.map(({ certificateId, listedActive }) => [certificateId, listedActive]))
    index = { flags, ...countFlags([...flags.values()]) }
    indexes.set(rows, index)
  }
  return index
}

function countFlags(flags: readonly (boolean | null | undefined)[]) {
  return {
    active: flags.filter((flag) => flag === true).length,
    unknown: flags.filter((flag) => flag === null).length,
  }
}

/** Whether a list has an active certificate other than these; null when that is not known. */
export function hasOtherActive({ rows, unreadableRows }: FlagList, ids: readonly string[]): boolean | null {
  const { flags, active, unknown } = indexOf(rows)
  const own = countFlags([...new Set(ids)].map((id) => flags.get(id)))
  if (active > own.active) return true
  return unknown > own.unknown || unreadableRows > 0 ? null : false
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
