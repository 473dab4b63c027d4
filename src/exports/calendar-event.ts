import { hash } from 'node:crypto'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import { toCalendarDate, toCalendarText, toCalendarTime, toContentLine } from './content-line.ts'

/** A certificate with an expiry date. Times are milliseconds since the epoch. */
export interface ExpiringCertificate {
  /** Global id. */
  readonly id: string
  readonly name: string | null
  /** The name of the vendor, for people. */
  readonly vendor: string
  readonly expiresAt: number
  readonly place: PlaceName
  readonly owner: CertificateOwner | null
}

export interface ReadCertificateExpiry extends ExpiringCertificate {
  /** Wall-clock time of the reading. */
  readonly asOf: number
}

interface PlaceName {
  /** The vendor's own id. */
  readonly vendorId: string
  /** Its name, otherwise the vendor's id. */
  readonly label: string
}

/** A source that cannot be read. */
export interface UnreadSource {
  /** The name of the vendor, for people. */
  readonly vendor: string
  readonly place: PlaceName
  /** Wall-clock time of the first attempt to read it after the last success; null when no attempt was made. */
  readonly since: number | null
}

/** Why a calendar is incomplete. */
export interface Incompleteness {
  /** Wall-clock time of the answer. The event is on this day. */
  readonly now: number
  /** One sentence each. */
  readonly reasons: readonly string[]
  readonly sources: readonly UnreadSource[]
  /** Wall-clock time of the last reading, or of the last source that became unreadable. */
  readonly revisedAt: number
}

const dayLength = 86_400_000
/** Sources and reasons in a description. Each further one is counted. */
const maxItems = 20

/**
 * The event of a certificate. It was revised when the certificate was read: every change is found by another reading, and the
 * same reading gives the same bytes.
 */
export function toExpiryEvent(certificate: ReadCertificateExpiry, publicUrl: string | null): string {
  return toEvent(certificate.asOf, toExpiryProperties(certificate, publicUrl))
}

/**
 * What an event says of a certificate, on the day of its expiry in UTC. It depends on the certificate and the configuration,
 * and not on the time of the reading or the answer.
 */
export function toExpiryProperties(certificate: ExpiringCertificate, publicUrl: string | null): string {
  const { id, name, vendor, expiresAt, place, owner } = certificate
  const url = publicUrl === null ? null : `${publicUrl}/certificates/${encodeURIComponent(id)}`
  const description = [
    `Expires: ${toUtcText(expiresAt)}`,
    `Vendor: ${vendor}`,
    `Place: ${toPlaceText(place)}`,
    ...(owner ? ownerLines(owner) : ['Owner: none']),
    ...(url === null ? [] : [`Certificate: ${url}`]),
  ]
  const categories = [vendor, ...(owner ? [owner.name] : [])]
  return (
    toContentLine('UID', toUid(`certificate ${id}`)) +
    `DTSTART;VALUE=DATE:${toCalendarDate(expiresAt)}\r\n` +
    toContentLine('SUMMARY', toCalendarText(`${name ?? 'A certificate without a name'} expires (${vendor})`)) +
    toContentLine('DESCRIPTION', description.map(toCalendarText).join('\\n')) +
    toContentLine('CATEGORIES', categories.map(toCalendarText).join(',')) +
    (url === null ? '' : toContentLine('URL', url))
  )
}

/** The event that says why certificates may be missing. It moves, and is revised, once a day and with the readings. */
export function toIncompleteEvent(incomplete: Incompleteness): string {
  const { now, revisedAt } = incomplete
  const day = now - (((now % dayLength) + dayLength) % dayLength)
  return toEvent(Math.max(day, revisedAt), toIncompleteProperties(incomplete))
}

/** What that event says, on the day of the answer in UTC. */
export function toIncompleteProperties({ now, reasons, sources }: Incompleteness): string {
  const description = [
    'Certificates may be missing in this calendar.',
    ...listItems(sources.map((source) => `${toSourceText(source)} ${sinceText(source)}`)),
    ...listItems(reasons),
  ]
  return (
    toContentLine('UID', toUid('incomplete')) +
    `DTSTART;VALUE=DATE:${toCalendarDate(now)}\r\n` +
    toContentLine('SUMMARY', toCalendarText(incompleteSummary(sources))) +
    toContentLine('DESCRIPTION', description.map(toCalendarText).join('\\n'))
  )
}

/** LAST-MODIFIED is left out: in a calendar without METHOD, DTSTAMP has its meaning. */
function toEvent(revisedAt: number, properties: string): string {
  return `BEGIN:VEVENT\r\nDTSTAMP:${toCalendarTime(revisedAt)}\r\n${properties}TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n`
}

function incompleteSummary(sources: readonly UnreadSource[]): string {
  const timeOf = ({ since }: UnreadSource) => since ?? Number.MAX_SAFE_INTEGER
  const [first] = [...sources].sort((a, b) => timeOf(a) - timeOf(b))
  if (!first) return 'Certificate expirations are incomplete'
  const more = sources.length > 1 ? ` (and ${sources.length - 1} more)` : ''
  return `Incomplete: ${toSourceText(first)}${more} ${sinceText(first)}`
}

function listItems(items: readonly string[]): readonly string[] {
  const more = items.length - maxItems
  return more > 0 ? [...items.slice(0, maxItems), `and ${more} more`] : items
}

const toSourceText = ({ vendor, place }: UnreadSource): string => `${vendor} ${toPlaceText(place)}`

function sinceText({ since }: UnreadSource): string {
  return since === null ? 'cannot be read' : `cannot be read since ${toUtcText(since)}`
}

function ownerLines({ name, contact, runbookUrl }: CertificateOwner): readonly string[] {
  return [
    `Owner: ${name}`,
    ...(contact === null ? [] : [`Contact: ${contact}`]),
    ...(runbookUrl === null ? [] : [`Runbook: ${runbookUrl}`]),
  ]
}

function toPlaceText({ vendorId, label }: PlaceName): string {
  return label === vendorId ? vendorId : `${label} (${vendorId})`
}

/** A time for people, in UTC: an event of a whole day has no time zone. */
function toUtcText(time: number): string {
  return `${new Date(time).toISOString().slice(0, -5).replace('T', ' ')} UTC`
}

/**
 * A UUID of the kind that applications define (RFC 9562, version 8), as RFC 7986 recommends: the beginning of a SHA-256. It is
 * the same in every answer, and does not contain the ids of the vendor.
 */
function toUid(subject: string): string {
  const digits = hash('sha256', `certgraph ${subject}`)
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20, 32),
  ].join('-')
}
