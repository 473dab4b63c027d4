import type { ExpiryStatus } from '../../catalog/expiry.ts'
import type { CertificateFilter } from '../../catalog/filter.ts'
import { decimalSerial, hexFingerprint, hexSerial } from '../../catalog/spelling.ts'
import { checkText, InputError } from '../../input-error.ts'
import type { Caller } from '../../operation.ts'
import { OwnerRules } from '../../owners/owner-rules.ts'

/** The filter argument as GraphQL passes it. */
export interface CertificateFilterInput
  extends Omit<CertificateFilter, 'decimalSerialNumber' | 'expiresBefore' | 'expiresAfter' | 'ownedBy'> {
  readonly providers?: readonly string[] | null | undefined
  readonly placeIds?: readonly string[] | null | undefined
  readonly owners?: readonly string[] | null | undefined
  readonly unowned?: boolean | null | undefined
  readonly expiryStatuses?: readonly ExpiryStatus[] | null | undefined
  readonly expiresBefore?: Date | null | undefined
  readonly expiresAfter?: Date | null | undefined
}

/** The arguments that select certificates. */
export interface Conditions {
  readonly filter?: CertificateFilterInput | null | undefined
  /** How old a reading may be, in milliseconds. */
  readonly maxStaleness?: number | null | undefined
}

const textConditions = [
  'search',
  'nameContains',
  'issuerContains',
  'subjectAltName',
  'serialNumber',
  'sha256Fingerprint',
] as const

const unindexedConditions = [
  'active',
  'expiringUncovered',
  'issuerContains',
  'subjectAltName',
  'serialNumber',
  'sha256Fingerprint',
  'weaknesses',
] as const

/** Whether the conditions of a filter are on the expiry, the names or the owner. Others look at each row, or need calls. */
export function isIndexed(filter: Partial<Record<(typeof unindexedConditions)[number], unknown>>): boolean {
  return unindexedConditions.every((condition) => filter[condition] === null || filter[condition] === undefined)
}

const indexedConditions = [
  'expiryStatuses',
  'expiresBefore',
  'expiresAfter',
  'expiresWithin',
  'nameContains',
  'search',
  'ownedBy',
] as const

/** Whether a filter accepts every certificate of its places. */
export function isUnfiltered(
  filter: Parameters<typeof isIndexed>[0] & Partial<Record<(typeof indexedConditions)[number], unknown>>,
): boolean {
  if (filter === withoutConditions.all || filter === withoutConditions.present) return true
  return isIndexed(filter) && indexedConditions.every((each) => filter[each] === null || filter[each] === undefined)
}

/** The rules that give names of owners a meaning, and the caller who sends these. */
interface FilterContext {
  readonly owners: OwnerRules
  readonly caller: Pick<Caller, 'places'>
}

/**
 * Checks a filter and converts its values to those of the catalog.
 * @throws InputError for a long text, for an empty list, which would match nothing, for an owner that no rule assigns, and for
 * an invalid serial number or fingerprint
 */
export function parseFilter(input: CertificateFilterInput, context: FilterContext): CertificateFilter {
  if (hasConditions(input)) return parseConditions(input, context)
  return input.includeDeleted ? withoutConditions.all : withoutConditions.present
}

function parseConditions(input: CertificateFilterInput, context: FilterContext): CertificateFilter {
  for (const condition of textConditions) checkText(`filter.${condition}`, input[condition])
  for (const list of ['providers', 'placeIds', 'expiryStatuses', 'owners', 'weaknesses'] as const) {
    if (input[list]?.length === 0)
      throw new InputError(`filter.${list}: an empty list matches nothing; omit it to match all`)
  }
  const { owners, unowned, expiresBefore, expiresAfter, ...others } = input
  // Typed clients send an empty text for a condition that they do not have.
  const [serialNumber, sha256Fingerprint] = [input.serialNumber || null, input.sha256Fingerprint || null]
  return {
    ...others,
    ownedBy: parseOwners({ owners, unowned }, context),
    search: input.search || null,
    nameContains: input.nameContains || null,
    issuerContains: input.issuerContains || null,
    subjectAltName: input.subjectAltName || null,
    expiresBefore: expiresBefore?.getTime() ?? null,
    expiresAfter: expiresAfter?.getTime() ?? null,
    serialNumber: parseHex(serialNumber, hexSerial, 'filter.serialNumber: expected hex digits or a decimal number'),
    decimalSerialNumber: typeof serialNumber === 'string' ? decimalSerial(serialNumber) : null,
    sha256Fingerprint: parseHex(sha256Fingerprint, hexFingerprint, 'filter.sha256Fingerprint: expected 64 hex digits'),
  }
}

/**
 * The owners that a filter accepts; null for all certificates. For a caller with a list of places an unknown name matches
 * nothing: an error would reveal which owners the other places have.
 */
function parseOwners(
  { owners, unowned }: Pick<CertificateFilterInput, 'owners' | 'unowned'>,
  { owners: { owners: known }, caller }: FilterContext,
): ReadonlySet<string | null> | null {
  if (owners) {
    if (caller.places === null) checkOwners(owners, known)
    // Rows are kept by the names: a caller must not choose these.
    const accepted = owners.filter((name) => known.has(name))
    return new Set<string | null>(unowned ? [...accepted, null] : accepted)
  }
  if (known.size === 0 || typeof unowned !== 'boolean') return null
  return new Set<string | null>(unowned ? [null] : known.keys())
}

function checkOwners(owners: readonly string[], known: ReadonlyMap<string, unknown>): void {
  if (known.size === 0) throw new InputError('filter.owners: the configuration assigns no owners; omit it')
  const unknown = owners.findIndex((name) => !known.has(name))
  if (unknown !== -1)
    throw new InputError(
      `filter.owners[${unknown}]: no rule of the configuration assigns this owner; expected the name of one`,
    )
}

/** Most lists of places have none. */
function hasConditions(input: CertificateFilterInput): boolean {
  for (const name in input) {
    const value: unknown = Reflect.get(input, name)
    if (name !== 'includeDeleted' && value !== null && value !== undefined) return true
  }
  return false
}

const noConditions = parseConditions({}, { owners: OwnerRules.none, caller: { places: null } })
const withoutConditions = {
  all: { ...noConditions, includeDeleted: true },
  present: { ...noConditions, includeDeleted: false },
}

function parseHex(
  value: string | null | undefined,
  parse: (text: string) => string | null,
  problem: string,
): string | null {
  if (value === null || value === undefined) return null
  const digits = parse(value)
  if (digits === null) throw new InputError(problem)
  return digits
}
