import type { Certificate } from './certificate.ts'
import { type ExpiryRules, type ExpiryStatus, expiryStatus, isExpired } from './expiry.ts'
import { fold, spellAddress, toAsciiName, toComparableNames } from './spelling.ts'
import { type CertificateWeakness, findWeaknesses, weaknessFields } from './weakness.ts'
import type { X509Details } from './x509.ts'

/** Members that are absent or null accept every certificate. Serial numbers and fingerprints are normalized already. */
export interface CertificateFilter {
  readonly active?: boolean | null | undefined
  readonly expiryStatuses?: readonly ExpiryStatus[] | null | undefined
  readonly expiresBefore?: number | null | undefined
  readonly expiresAfter?: number | null | undefined
  /** Milliseconds from now. */
  readonly expiresWithin?: number | null | undefined
  /** Milliseconds from now, for certificates without a renewal before their expiry. Their places check for renewals. */
  readonly expiringUncovered?: number | null | undefined
  readonly excludeUnknownExpiry?: boolean | null | undefined
  readonly includeDeleted?: boolean | null | undefined
  /** Part of a name, as the lists have them. */
  readonly search?: string | null | undefined
  readonly nameContains?: string | null | undefined
  readonly issuerContains?: string | null | undefined
  readonly subjectAltName?: string | null | undefined
  readonly serialNumber?: string | null | undefined
  /** The serial number to try when none equals `serialNumber`. */
  readonly decimalSerialNumber?: string | null | undefined
  readonly sha256Fingerprint?: string | null | undefined
  readonly weaknesses?: readonly CertificateWeakness[] | null | undefined
  /** The names of owners; null among them accepts certificates without an owner. */
  readonly ownedBy?: ReadonlySet<string | null> | null | undefined
}

type Test<Subject> = (subject: Subject) => boolean

const all =
  <Subject>(tests: readonly Test<Subject>[]): Test<Subject> =>
  (subject) =>
    tests.every((test) => test(subject))

/** Tests the members that every list has. */
export type RowTest = Test<
  Pick<Certificate, 'active' | 'declaredExpired' | 'deleted' | 'expiresAt' | 'provider' | 'validFrom'>
>

/** Creates the test of the conditions on members that every list has, except texts. Absent when nothing is tested. */
export function createRowTest(filter: CertificateFilter, now: number, thresholds: ExpiryRules): RowTest | undefined {
  const tests: RowTest[] = []
  const { active, expiryStatuses, expiresBefore, expiresAfter } = filter
  if (!filter.includeDeleted) tests.push((row) => row.deleted !== true)
  if (active === true) tests.push((row) => row.active !== false)
  if (active === false) tests.push((row) => row.active === false)
  if (expiryStatuses) {
    const wanted = new Set(expiryStatuses)
    tests.push((row) => wanted.has(expiryStatus(row, now, thresholds)))
  }
  const dated = (test: Test<number>): RowTest => {
    const includesUnknown = !filter.excludeUnknownExpiry
    return (row) => (row.expiresAt === null ? includesUnknown : test(row.expiresAt))
  }
  if (typeof expiresBefore === 'number') tests.push(dated((expiresAt) => expiresAt < expiresBefore))
  if (typeof expiresAfter === 'number') tests.push(dated((expiresAt) => expiresAt > expiresAfter))
  for (const time of [filter.expiresWithin, filter.expiringUncovered]) {
    if (typeof time !== 'number') continue
    const within = dated((expiresAt) => expiresAt <= now + time)
    tests.push((row) => isExpired(row, now) || within(row))
  }
  return tests.length > 0 ? all(tests) : undefined
}

/** A test of X.509 fields. */
export interface X509Test {
  /** The fields that it needs. */
  readonly fields: readonly (keyof X509Details)[]
  /** Null when a part of the certificate that could not be parsed may decide. */
  accepts(details: X509Details): boolean | null
}

interface X509Condition {
  readonly accepts: Test<X509Details>
  /** Whether a part that could not be parsed may decide, for details that are not accepted. */
  readonly isUnknown: Test<X509Details>
}

function applyConditions(conditions: readonly X509Condition[], details: X509Details): boolean | null {
  const failed = conditions.filter(({ accepts }) => !accepts(details))
  if (failed.length === 0) return true
  return failed.every(({ isUnknown }) => isUnknown(details)) ? null : false
}

/** What issues call the parts of a certificate whose field has another name. */
const partNames: Partial<Readonly<Record<keyof X509Details, string>>> = {
  subjectAltNames: 'subjectAltName',
  keyAlgorithm: 'subjectPublicKeyInfo',
  keySize: 'subjectPublicKeyInfo',
  validFrom: 'notBefore',
  expiresAt: 'notAfter',
}

/** Whether a part of the certificate that has one of the fields could not be parsed. */
function hasIssue({ issues }: X509Details, fields: readonly (keyof X509Details)[]): boolean {
  const parts = ['extensions', ...fields.map((field) => partNames[field] ?? field)]
  return issues?.some((issue) => parts.some((part) => issue.startsWith(part))) ?? false
}

/** Tests the X.509 fields. Null when the filter has no condition on them. */
export function createX509Test(filter: CertificateFilter): X509Test | null {
  const conditions: X509Condition[] = []
  const fields: (keyof X509Details)[] = []
  const addTest = (field: keyof X509Details, accepts: Test<X509Details>) => {
    fields.push(field)
    conditions.push({ accepts, isUnknown: (details) => hasIssue(details, [field]) })
  }
  const { issuerContains, subjectAltName, serialNumber, sha256Fingerprint, weaknesses } = filter
  if (typeof issuerContains === 'string') {
    const part = fold(issuerContains)
    addTest('issuer', ({ issuer }) => issuer !== null && fold(issuer).includes(part))
  }
  if (typeof subjectAltName === 'string') {
    const wanted = toAsciiName(spellAddress(subjectAltName.toLowerCase()))
    addTest(
      'subjectAltNames',
      ({ subjectAltNames }) =>
        subjectAltNames !== null && toComparableNames(subjectAltNames).some((name) => covers(name, wanted)),
    )
  }
  if (typeof serialNumber === 'string') {
    addTest('serialNumber', (details) => details.serialNumber === serialNumber)
  }
  if (typeof sha256Fingerprint === 'string') {
    addTest('sha256Fingerprint', (details) => details.sha256Fingerprint === sha256Fingerprint)
  }
  if (weaknesses) {
    const wanted = new Set(weaknesses)
    fields.push(...weaknessFields)
    conditions.push({
      accepts: (details) => findWeaknesses(details).weaknesses.some((weakness) => wanted.has(weakness)),
      isUnknown: (details) =>
        hasIssue(details, weaknessFields) &&
        !weaknesses.every((each) => findWeaknesses(details).checked.includes(each)),
    })
  }
  return conditions.length > 0 ? { fields, accepts: (details) => applyConditions(conditions, details) } : null
}

/** Whether the names are equal, or the pattern's wildcard matches exactly one label (RFC 6125, 6.4.3). */
function covers(pattern: string, host: string): boolean {
  if (pattern === host) return true
  return pattern.startsWith('*.') && host.indexOf('.') > 0 && host.slice(host.indexOf('.')) === pattern.slice(1)
}
