import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { ListedCertificate, ListedIdentity } from '../upstream/list-observer.ts'

/** What two lists of a place have in common. */
export interface MatchedCertificates {
  /** By id in the new list, the certificate of the old one. */
  readonly matched: ReadonlyMap<string, ListedCertificate>
  /** The ids of the certificates of the old list that the new one has. */
  readonly present: ReadonlySet<string>
}

/**
 * Finds the certificates that both lists have: by id, or else by what identifies them besides, because a vendor may leave out
 * in one list what an id is made of. Where all of that is left out, each slot that holds a certificate is listed.
 */
export async function matchCertificates(
  before: ReadonlyMap<string, ListedCertificate>,
  after: readonly ListedCertificate[],
  timeSlice: TimeSlice,
): Promise<MatchedCertificates> {
  const matched = new Map<string, ListedCertificate>()
  const present = new Set<string>()
  const unknown: ListedCertificate[] = []
  await visitInSlices(after, timeSlice, (certificate) => {
    const known = before.get(certificate.id)
    if (known) {
      matched.set(certificate.id, known)
      present.add(known.id)
    } else if (certificate.identity) unknown.push(certificate)
  })
  if (unknown.length === 0) return { matched, present }
  /** The certificates of the old list that have no id of the new one, by group. */
  const left = new Map<string, ListedCertificate[]>()
  await visitInSlices([...before.values()], timeSlice, (certificate) => {
    if (!certificate.identity || present.has(certificate.id)) return
    const { group } = certificate.identity
    left.set(group, [...(left.get(group) ?? []), certificate])
  })
  for (const isSame of [hasSameSerialNumber, mayBeSame]) {
    await visitInSlices(unknown, timeSlice, (certificate) => {
      if (matched.has(certificate.id)) return
      const others = (left.get(certificate.identity?.group ?? '') ?? []).filter((each) => isSame(each, certificate))
      const isFree = ({ id }: ListedCertificate) => !present.has(id)
      const free = others.filter(isFree)
      const slots = isSlot(certificate) ? others : others.filter(isSlot)
      const known = free.find(({ active }) => active === certificate.active) ?? free[0] ?? slots[0]
      if (!known) return
      matched.set(certificate.id, known)
      present.add(known.id)
      // The other slots of the old list hold the same certificate.
      if (!isSlot(certificate)) for (const { id } of slots) present.add(id)
    })
  }
  return { matched, present }
}

/** Whether nothing but the slot that holds it identifies a certificate. */
export function isSlot({ identity }: ListedCertificate): boolean {
  return identity !== null && !identity.isUnique && identity.serialNumber === null
}

function hasSameSerialNumber(one: ListedCertificate, other: ListedCertificate): boolean {
  const serialNumber = one.identity?.serialNumber ?? null
  return serialNumber !== null && serialNumber === other.identity?.serialNumber && isPossible(one, other)
}

/** Without a serial number in both lists: a certificate that replaces another one expires at another time. */
function mayBeSame(one: ListedCertificate, other: ListedCertificate): boolean {
  return one.expiresAt !== null && one.expiresAt === other.expiresAt && isPossible(one, other)
}

/** Whether no member that both lists have is another one. */
function isPossible({ identity: one }: ListedCertificate, { identity: other }: ListedCertificate): boolean {
  if (!one || !other || (one.isUnique && other.isUnique)) return false
  return (['serialNumber', 'keyType'] as const).every(
    (member) => one[member] === null || other[member] === null || one[member] === other[member],
  )
}

/** An identity with the members that only an older list has. */
export function completeIdentity(identity: ListedIdentity | null, known: ListedIdentity | null): ListedIdentity | null {
  if (!identity || !known) return identity ?? known
  return {
    ...identity,
    serialNumber: identity.serialNumber ?? known.serialNumber,
    keyType: identity.keyType ?? known.keyType,
  }
}

export function isSameIdentity(one: ListedIdentity | null, other: ListedIdentity | null): boolean {
  if (!one || !other) return one === other
  return (
    one.group === other.group &&
    one.serialNumber === other.serialNumber &&
    one.keyType === other.keyType &&
    one.isUnique === other.isUnique
  )
}
