import { GraphQLBoolean } from 'graphql'
import { toDateTime } from '../schema/scalars.ts'
import type { ExportRow } from './export-row.ts'
import type { ExportContent, ExportFormat } from './format.ts'

/** One object with the completeness, the sources and the certificates, one to a line. */
export const json: ExportFormat = {
  contentType: 'application/json; charset=utf-8',
  fileName: 'certificates.json',
  parameters: {
    x509: { type: GraphQLBoolean, defaultValue: false },
  },
  async *write(content, timeSlice) {
    const head = JSON.stringify(toHead(content))
    yield `${head.slice(0, -1)},"certificates":[`
    let separator = '\n'
    for await (const batch of content.rows(timeSlice)) {
      yield separator + batch.map((row) => JSON.stringify(toObject(row))).join(',\n')
      separator = ',\n'
    }
    yield '\n]}\n'
  },
}

function toHead({ settings, now, incompleteReasons, staleReasons, sources, conditions }: ExportContent) {
  return {
    mode: settings.isSandbox ? 'sandbox' : 'live',
    exportedAt: toDateTime(now),
    filter: conditions.map(([name, value]) => `${name}=${value}`),
    complete: incompleteReasons.length === 0,
    incompleteReasons,
    fresh: staleReasons.length === 0,
    staleReasons,
    sources: sources.map(({ place, kind, status, asOf, certificateCount, unreadableRows, error }) => ({
      place: { id: place.id, vendorId: place.vendorId, label: place.name ?? place.vendorId },
      provider: place.provider,
      kind,
      status,
      asOf: toDateTime(asOf),
      certificateCount,
      unreadableRows,
      error: error && { code: error.code, message: error.message },
    })),
  }
}

/** A certificate, with the names and forms of the API. Of the X.509 fields it has those that were read. */
function toObject(row: ExportRow) {
  const { x509 } = row
  // A copy of the rest of the row takes four times as long.
  return {
    id: row.id,
    provider: row.provider,
    place: row.place,
    vendorId: row.vendorId,
    name: row.name,
    owner: row.owner,
    expiresAt: toDateTime(row.expiresAt),
    daysUntilExpiry: row.daysUntilExpiry,
    expiryStatus: row.expiryStatus,
    active: row.active,
    deleted: row.deleted,
    validFrom: toDateTime(row.validFrom),
    createdAt: toDateTime(row.createdAt),
    subject: x509.subject,
    issuer: x509.issuer,
    serialNumber: x509.serialNumber,
    sha256Fingerprint: x509.sha256Fingerprint,
    keyAlgorithm: x509.keyAlgorithm,
    keySize: x509.keySize,
    signatureAlgorithm: x509.signatureAlgorithm,
    subjectAltNames: x509.subjectAltNames,
    asOf: toDateTime(row.asOf),
    stale: row.stale,
    parseIssues: row.parseIssues,
  }
}
