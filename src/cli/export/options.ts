import type { CommandOption } from '../command.ts'

/** An option, and the parameter of an export that it is sent as. */
interface ExportOption extends CommandOption {
  readonly parameter: string
  /** The value of the parameter, of an option without one. */
  readonly sets?: string
}

const list = (parameter: string, value: string, description: string): ExportOption => ({
  parameter,
  value,
  isList: true,
  description,
})
const one = (parameter: string, value: string, description: string): ExportOption => ({ parameter, value, description })
const flag = (parameter: string, sets: string, description: string): ExportOption => ({ parameter, sets, description })

/** The options by name, with the parameters of the exports. */
export const parameterOptions: Readonly<Record<string, ExportOption>> = {
  provider: list('providers', 'vendor', 'only this vendor, such as AKAMAI'),
  place: list('placeIds', 'id', 'only this place, by its id at the vendor'),
  owner: list('owners', 'name', 'only certificates of this owner'),
  unowned: flag('unowned', 'true', 'only certificates without an owner; with --owner these, too'),
  owned: flag('unowned', 'false', 'only certificates with an owner'),
  'expiry-status': list('expiryStatuses', 'status', 'only this status: EXPIRED, CRITICAL, WARNING, OK or UNKNOWN'),
  'expires-within': one('expiresWithin', 'duration', 'expires within this time, has expired, or has no expiry date'),
  'expires-before': one('expiresBefore', 'time', 'expires before this time'),
  'expires-after': one('expiresAfter', 'time', 'expires after this time'),
  'expiring-uncovered': one('expiringUncovered', 'duration', 'as --expires-within, and no replacement is known'),
  'exclude-unknown-expiry': flag('excludeUnknownExpiry', 'true', 'with the options above, without unknown dates'),
  active: flag('active', 'true', 'without certificates that are known to be inactive'),
  inactive: flag('active', 'false', 'only certificates that are known to be inactive'),
  'include-deleted': flag('includeDeleted', 'true', 'also certificates that are soft-deleted'),
  search: one('search', 'text', 'part of the name or of a subject alternative name in the list of the vendor'),
  'name-contains': one('nameContains', 'text', 'part of the name'),
  'issuer-contains': one('issuerContains', 'text', 'part of the issuer'),
  'subject-alt-name': one('subjectAltName', 'name', 'a subject alternative name'),
  'serial-number': one('serialNumber', 'number', 'the serial number, in hex'),
  fingerprint: one('sha256Fingerprint', 'digest', 'the SHA-256 fingerprint'),
  weakness: list('weaknesses', 'weakness', 'has this weakness, such as RSA_BELOW_2048'),
  'order-by': one('orderBy', 'field', 'EXPIRES_AT (default), NAME, PLACE or CREATED_AT'),
  direction: one('direction', 'direction', 'ASC (default) or DESC'),
  'max-staleness': one('maxStaleness', 'duration', 'read lists again that are older than this'),
  x509: one('x509', 'flag', 'true or false: read serial numbers that are in no list; default: only cyclonedx'),
  bom: flag('bom', 'true', 'begin a csv file with a byte order mark, for Excel'),
  'require-complete': flag('require', 'complete', 'write nothing when a certificate may be missing'),
  'require-fresh': flag('require', 'fresh', 'write nothing when data is older than it should be'),
}

/** The options of an export that say what it contains. */
export const exportOptions: Readonly<Record<string, CommandOption>> = Object.fromEntries(
  Object.entries(parameterOptions).map(([name, { parameter: _, sets: __, ...option }]) => [name, option]),
)

/** The options that set a parameter. */
const namesOf = (parameter: string): readonly string[] =>
  Object.entries(parameterOptions).flatMap(([name, option]) => (option.parameter === parameter ? `--${name}` : []))

/** The options that set a parameter, as a message names them. */
export const optionsOf = (parameter: string): string => namesOf(parameter).join(' or ') || parameter

/** What a server says of a parameter that the export of a format lacks, in options. */
const unknownParameter =
  /^no parameter of this export; (?:expected one of (?<known>[\w, ]+)|did you mean (?<nearest>\w+)\?)$/

/** The mistake of a parameter with the options in place of parameters. */
export function toOptionMistake(parameter: string, message: string, format: string): string {
  const { known, nearest } = unknownParameter.exec(message)?.groups ?? {}
  const option = optionsOf(parameter)
  const notThere = `${option}: no option of --format ${format}`
  if (known !== undefined) return `${notThere}; expected one of ${known.split(', ').flatMap(namesOf).join(', ')}`
  if (nearest !== undefined) return `${notThere}; did you mean ${optionsOf(nearest)}?`
  return `${option}: ${message}`
}
