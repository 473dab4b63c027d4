import { renderCalendar } from './calendar.ts'
import type { ExpiringCertificate, UnreadSource } from './calendar-event.ts'
import type { ExportRow } from './export-row.ts'
import type { ExportContent, ExportFormat, ExportSettings, FailedSource } from './format.ts'

const name = 'Certificate expirations'

/** A calendar (RFC 5545) with the days on which certificates expire. A certificate without an expiry date has no event. */
export const ics: ExportFormat = {
  contentType: 'text/calendar; charset=utf-8',
  fileName: 'expirations.ics',
  // Calendar programs ask every hour, and certificates rarely change.
  hasEtag: true,
  omitsActive: true,
  write(content, timeSlice) {
    const { settings, now, incompleteReasons: reasons, failedSources } = content
    const unread = failedSources.map((source) => toUnreadSource(source, settings))
    return renderCalendar({
      name: settings.isSandbox ? `${name} (sandbox)` : name,
      certificates: expiring(content.rows(timeSlice), settings),
      incomplete: reasons.length > 0 ? { now, reasons, sources: unread } : null,
      publicUrl: settings.publicUrl,
    })
  },
}

async function* expiring(
  rows: ReturnType<ExportContent['rows']>,
  { brands }: ExportSettings,
): AsyncGenerator<readonly ExpiringCertificate[], void, undefined> {
  for await (const batch of rows) yield batch.flatMap((row) => toExpiringCertificate(row, brands))
}

function toExpiringCertificate(row: ExportRow, brands: ExportSettings['brands']): readonly ExpiringCertificate[] {
  const { id, provider, expiresAt, createdAt, validFrom, place, owner } = row
  if (expiresAt === null) return []
  const vendor = brands.get(provider) ?? provider
  return [{ id, name: row.name, vendor, expiresAt, issuedAt: createdAt ?? validFrom, place, owner }]
}

function toUnreadSource({ place, since }: FailedSource, { brands }: ExportSettings): UnreadSource {
  const { provider, vendorId, name: placeName } = place
  return { vendor: brands.get(provider) ?? provider, place: { vendorId, label: placeName ?? vendorId }, since }
}
