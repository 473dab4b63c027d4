import {
  type Incompleteness,
  type ReadCertificateExpiry,
  toExpiryEvent,
  toIncompleteEvent,
  toIncompleteProperties,
} from './calendar-event.ts'
import { toCalendarText, toContentLine } from './content-line.ts'

export interface Calendar {
  /** The name that calendar programs show. */
  readonly name: string
  /** In batches of a few certificates. */
  readonly certificates: AsyncIterable<readonly ReadCertificateExpiry[]>
  /** Null when nothing is missing. */
  readonly incomplete: Incompleteness | null
  /** Where people reach this program, without a trailing slash; null: events have no link. */
  readonly publicUrl: string | null
}

/** How often calendar programs should ask for the calendar. */
const refreshInterval = 'PT1H'

/** Renders a calendar in parts (RFC 5545 and RFC 7986). It has no METHOD: it is no scheduling message. */
export async function* renderCalendar({
  name,
  certificates,
  incomplete,
  publicUrl,
}: Calendar): AsyncGenerator<string, void, undefined> {
  yield toHeader(name) + (incomplete ? toIncompleteEvent(incomplete) : '')
  for await (const batch of certificates)
    yield batch.map((certificate) => toExpiryEvent(certificate, publicUrl)).join('')
  yield 'END:VCALENDAR\r\n'
}

/** What a calendar says besides its certificates, without the times at which it was read. */
export function toCalendarHead(name: string, incomplete: Incompleteness | null): string {
  return toHeader(name) + (incomplete ? toIncompleteProperties(incomplete) : '')
}

/** The properties of the calendar. Outlook reads those that begin with X-. */
function toHeader(name: string): string {
  return (
    'BEGIN:VCALENDAR\r\n' +
    'VERSION:2.0\r\n' +
    'PRODID:-//certgraph//Certificate expirations//EN\r\n' +
    'CALSCALE:GREGORIAN\r\n' +
    toContentLine('NAME', toCalendarText(name)) +
    toContentLine('X-WR-CALNAME', toCalendarText(name)) +
    `REFRESH-INTERVAL;VALUE=DURATION:${refreshInterval}\r\n` +
    `X-PUBLISHED-TTL:${refreshInterval}\r\n`
  )
}
