import { renderCalendar, toCalendarHead } from './calendar.ts'
import {
  type ExpiringCertificate,
  type Incompleteness,
  type ReadCertificateExpiry,
  toExpiryProperties,
  type UnreadSource,
} from './calendar-event.ts'
import type { ListedRow } from './export-row.ts'
import type { ExportContent, ExportFormat, ExportSettings, FailedSource } from './format.ts'

const name = 'Certificate expirations'

/** A calendar (RFC 5545) with the days on which certificates expire. A certificate without an expiry date has no event. */
export const ics: ExportFormat = {
  contentType: 'text/calendar; charset=utf-8',
  fileName: 'expirations.ics',
  // Calendar programs ask every hour, and certificates rarely change.
  tagged: {
    head: (content) => toCalendarHead(toName(content.settings), toIncompleteness(content)),
    certificate: (row, settings) =>
      toExpiringCertificate(row, settings.brands)
        .map((certificate) => toExpiryProperties(certificate, settings.publicUrl))
        .join(''),
  },
  omitsActive: true,
  write(content, timeSlice) {
    const { settings } = content
    return renderCalendar({
      name: toName(settings),
      certificates: expiring(content.rows(timeSlice), settings),
      incomplete: toIncompleteness(content),
      publicUrl: settings.publicUrl,
    })
  },
}

const toName = ({ isSandbox }: ExportSettings): string => (isSandbox ? `${name} (sandbox)` : name)

function toIncompleteness({
  settings,
  now,
  incompleteReasons: reasons,
  failedSources,
  sources,
}: ExportContent): Incompleteness | null {
  if (reasons.length === 0) return null
  const unread = failedSources.map((source) => toUnreadSource(source, settings))
  const times = [...sources.map(({ asOf }) => asOf), ...unread.map(({ since }) => since)]
  const revisedAt = times.reduce<number>((latest, time) => Math.max(latest, time ?? 0), 0)
  return { now, reasons, sources: unread, revisedAt }
}

async function* expiring(
  rows: ReturnType<ExportContent['rows']>,
  { brands }: ExportSettings,
): AsyncGenerator<readonly ReadCertificateExpiry[], void, undefined> {
  for await (const batch of rows) {
    yield batch.flatMap((row) =>
      toExpiringCertificate(row, brands).map((certificate) => ({ ...certificate, asOf: row.asOf })),
    )
  }
}

function toExpiringCertificate(row: ListedRow, brands: ExportSettings['brands']): readonly ExpiringCertificate[] {
  const { id, provider, expiresAt, place, owner } = row
  if (expiresAt === null) return []
  const vendor = brands.get(provider) ?? provider
  return [{ id, name: row.name, vendor, expiresAt, place, owner }]
}

function toUnreadSource({ place, since }: FailedSource, { brands }: ExportSettings): UnreadSource {
  const { provider, vendorId, name: placeName } = place
  return { vendor: brands.get(provider) ?? provider, place: { vendorId, label: placeName ?? vendorId }, since }
}
