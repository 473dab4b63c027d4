import { createHash } from 'node:crypto'
import type { TimeSlice } from '../time-slice.ts'
import type { ListedCertificate, ListedIdentity } from '../upstream/list-observer.ts'

/** A list as it is kept. Its parts are converted one at a time. */
export interface ListText {
  readonly text: string
  /** The digest of the text. */
  readonly digest: string
}

/** Separates the parts. It is escaped in texts. */
const separator = '~'
/** A part of this many certificates takes less than a millisecond. */
const partLength = 256
/** Flags of a certificate. */
const isActive = 1
const isInactive = 2
const isDeclaredExpired = 4
/** The renewal key is the name. */
const isNamed = 8

/** A value as JSON in printable ASCII, in which the separator does not occur. */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -}]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export async function toListText(certificates: readonly ListedCertificate[], timeSlice: TimeSlice): Promise<ListText> {
  // Ids of one place begin alike.
  const prefix = commonPrefix(certificates.at(0)?.id ?? '', certificates.at(-1)?.id ?? '')
  const parts = [toAsciiJson(prefix)]
  const hash = createHash('sha256').update(prefix)
  for (let start = 0; start < certificates.length; start += partLength) {
    if (timeSlice.isOver()) await timeSlice.next()
    const rows = certificates.slice(start, start + partLength).map((certificate) => toRow(certificate, prefix))
    const part = `[${rows.join(',')}]`
    parts.push(part)
    hash.update(part)
  }
  return { text: parts.join(separator), digest: hash.digest('base64url').slice(0, 22) }
}

function toRow(certificate: ListedCertificate, prefix: string): string {
  const { id, name, expiresAt, validFrom, active, declaredExpired, replacementKey, identity } = certificate
  const hasPrefix = id.startsWith(prefix)
  const flags =
    (active === null ? 0 : active ? isActive : isInactive) |
    (declaredExpired ? isDeclaredExpired : 0) |
    (replacementKey !== null && replacementKey === name ? isNamed : 0)
  const hasKey = replacementKey !== null && (flags & isNamed) === 0
  const further = toFurther(hasKey ? replacementKey : null, identity)
  // An id without the prefix is kept whole, in an array.
  const shortId = hasPrefix ? `"${id.slice(prefix.length)}"` : `["${id}"]`
  return `[${shortId},${name === null ? 'null' : toAsciiJson(name)},${expiresAt},${validFrom},${flags}${further}]`
}

/** What most certificates do not have. */
function toFurther(key: string | null, identity: ListedIdentity | null): string {
  if (!identity) return key === null ? '' : `,${toAsciiJson(key)}`
  const { group, serialNumber, keyType, isUnique } = identity
  return `,${toAsciiJson(key)},${toAsciiJson([group, serialNumber, keyType, Number(isUnique)])}`
}

type Row = readonly [
  id: string | readonly [string],
  name: string | null,
  expiresAt: number | null,
  validFrom: number | null,
  flags: number,
  replacementKey?: string | null,
  identity?: readonly [group: string, serialNumber: string | null, keyType: string | null, isUnique: number],
]

/** Null when the text is not one of this program. */
export async function parseListText(text: string, timeSlice: TimeSlice): Promise<readonly ListedCertificate[] | null> {
  const certificates: ListedCertificate[] = []
  try {
    const [head = '', ...parts] = text.split(separator)
    const prefix = String(JSON.parse(head))
    for (const part of parts) {
      if (timeSlice.isOver()) await timeSlice.next()
      for (const row of JSON.parse(part) as readonly Row[]) certificates.push(toCertificate(row, prefix))
    }
    return certificates
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}

function toCertificate([id, name, expiresAt, validFrom, flags, key, identity]: Row, prefix: string): ListedCertificate {
  return {
    id: typeof id === 'string' ? prefix + id : id[0],
    name,
    expiresAt,
    validFrom,
    active: flags & isActive ? true : flags & isInactive ? false : null,
    declaredExpired: (flags & isDeclaredExpired) !== 0,
    replacementKey: flags & isNamed ? name : (key ?? null),
    identity: identity ? toIdentity(identity) : null,
  }
}

function toIdentity([group, serialNumber, keyType, isUnique]: NonNullable<Row[6]>): ListedIdentity {
  return { group, serialNumber, keyType, isUnique: isUnique === 1 }
}

function commonPrefix(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return one.slice(0, length)
}
