import { type ExpiryStatus, expiryStatus } from '../catalog/expiry.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { ListedCertificate } from '../upstream/list-observer.ts'
import type { Baseline } from './baseline.ts'
import type { RecordedChange } from './change.ts'
import { completeIdentity, isSameIdentity, isSlot, matchCertificates } from './matched-certificates.ts'
import { severity } from './severity.ts'

/** A change of one place, before it is recorded. */
export type FoundChange = Pick<
  RecordedChange,
  'kind' | 'at' | 'certificateId' | 'name' | 'expiresAt' | 'expiryStatus' | 'replacesId'
>

interface Comparison {
  readonly changes: readonly FoundChange[]
  /** The new list, to compare the next one with. What it does not say of a certificate is taken from the old one. */
  readonly list: readonly ListedCertificate[]
  /** By index in it, the certificates that have something of the old list. */
  readonly completed: ReadonlyMap<number, ListedCertificate>
  /** Whether that list says the same as the old one. */
  readonly isSame: boolean
}

/** Until when crossed thresholds are recorded, and which. */
type Expiry = Pick<Baseline, 'provider' | 'evaluatedAt' | 'thresholds'>

/** Compares a list of a place with the one before. Both are complete. */
export async function compareLists(
  before: readonly ListedCertificate[],
  after: readonly ListedCertificate[],
  { at, expiry, timeSlice }: { readonly at: number; readonly expiry: Expiry; readonly timeSlice: TimeSlice },
): Promise<Comparison> {
  const earlier = new Map<string, ListedCertificate>()
  await visitInSlices(before, timeSlice, (certificate) => void earlier.set(certificate.id, certificate))
  const { matched, present } = await matchCertificates(earlier, after, timeSlice)
  const replaced = await findReplaced(earlier, after, { matched, timeSlice })
  const changes: FoundChange[] = []
  const add = (kind: FoundChange['kind'], certificate: ListedCertificate, rest: Partial<FoundChange> = {}) =>
    changes.push({
      kind,
      at,
      certificateId: certificate.id,
      name: certificate.name,
      expiresAt: certificate.expiresAt,
      expiryStatus: null,
      replacesId: null,
      ...rest,
    })
  const list: ListedCertificate[] = []
  const completed = new Map<number, ListedCertificate>()
  let isSame = true
  await visitInSlices(after, timeSlice, (certificate) => {
    const known = matched.get(certificate.id)
    if (!known) {
      const replacesId = replaced.get(certificate.id)
      if (replacesId === undefined) add('APPEARED', certificate)
      else add('RENEWED', certificate, { replacesId })
      list.push(certificate)
      return
    }
    const next = complete(certificate, known)
    if (next !== certificate) completed.set(list.length, next)
    if (known.active !== null && next.active !== known.active) add(next.active ? 'ACTIVATED' : 'DEACTIVATED', next)
    const status = findWorse(known, next, expiry)
    if (status) add(status === 'EXPIRED' ? 'EXPIRED' : 'EXPIRING', next, { expiryStatus: status })
    isSame &&= saysSame(known, next)
    list.push(next)
  })
  await visitInSlices([...earlier.values()], timeSlice, (certificate) => {
    if (!present.has(certificate.id)) add('VANISHED', certificate)
  })
  return { changes, list, completed, isSame: isSame && changes.length === 0 }
}

/**
 * A certificate with what the list before said of it, where this one says nothing: a value that could not be read is not
 * another value. Returns the same object where nothing is missing.
 */
function complete(certificate: ListedCertificate, known: ListedCertificate): ListedCertificate {
  // A slot says nothing of the other slots that hold the certificate.
  if (isSlot(certificate) && certificate.id !== known.id) return known
  const next = {
    ...certificate,
    name: certificate.name ?? known.name,
    expiresAt: certificate.expiresAt ?? known.expiresAt,
    validFrom: certificate.validFrom ?? known.validFrom,
    active: certificate.active ?? known.active,
    // Without a flag, the vendor's status is not known either.
    declaredExpired: certificate.declaredExpired || (known.declaredExpired && certificate.active === null),
    replacementKey: certificate.replacementKey ?? known.replacementKey,
    identity: completeIdentity(certificate.identity, known.identity),
  }
  return saysSame(certificate, next) ? certificate : next
}

function saysSame(one: ListedCertificate, other: ListedCertificate): boolean {
  return (
    one.id === other.id &&
    one.name === other.name &&
    one.expiresAt === other.expiresAt &&
    one.validFrom === other.validFrom &&
    one.active === other.active &&
    one.declaredExpired === other.declaredExpired &&
    one.replacementKey === other.replacementKey &&
    isSameIdentity(one.identity, other.identity)
  )
}

/**
 * The status that a certificate moved to because it has other dates, or the vendor says that it has expired. Null when it is
 * not more severe: that of the same dates is found when a threshold is crossed.
 */
function findWorse(
  known: ListedCertificate,
  next: ListedCertificate,
  { provider, evaluatedAt, thresholds }: Expiry,
): ExpiryStatus | null {
  const hasSameDates = next.expiresAt === known.expiresAt && next.validFrom === known.validFrom
  if (hasSameDates && next.declaredExpired === known.declaredExpired) return null
  const statusOf = (certificate: ListedCertificate) =>
    expiryStatus({ ...certificate, provider }, evaluatedAt, thresholds)
  const status = statusOf(next)
  return severity(status) > severity('OK') && severity(status) > severity(statusOf(known)) ? status : null
}

/** By the id of a new certificate, the id of the one that it replaces: the only earlier one with its key. */
async function findReplaced(
  earlier: ReadonlyMap<string, ListedCertificate>,
  after: readonly ListedCertificate[],
  { matched, timeSlice }: { readonly matched: ReadonlyMap<string, unknown>; readonly timeSlice: TimeSlice },
): Promise<ReadonlyMap<string, string>> {
  const replacements = new Map<string, ListedCertificate>()
  await visitInSlices(after, timeSlice, (certificate) => {
    const { id, replacementKey } = certificate
    if (replacementKey === null || matched.has(id)) return
    const other = replacements.get(replacementKey)
    // Of several new certificates with one key, one replaces the old one.
    if (!other || isBetterReplacement(certificate, other)) replacements.set(replacementKey, certificate)
  })
  if (replacements.size === 0) return new Map()
  /** The earlier certificate with a key; null when there are several. */
  const earlierByKey = new Map<string, string | null>()
  await visitInSlices([...earlier.values()], timeSlice, ({ id, replacementKey }) => {
    if (replacementKey === null || !replacements.has(replacementKey)) return
    earlierByKey.set(replacementKey, earlierByKey.has(replacementKey) ? null : id)
  })
  const replaced = new Map<string, string>()
  for (const [key, { id }] of replacements) {
    const only = earlierByKey.get(key)
    if (only) replaced.set(id, only)
  }
  return replaced
}

/** The certificate that expires last; of equal ones, the first by id, so that every replica finds the same. */
function isBetterReplacement(certificate: ListedCertificate, other: ListedCertificate): boolean {
  const [one, another] = [certificate.expiresAt ?? 0, other.expiresAt ?? 0]
  return one === another ? certificate.id < other.id : one > another
}
