import { GraphQLBoolean } from 'graphql'
import { toDateTime } from '../schema/scalars.ts'
import type { ExportRow } from './export-row.ts'
import type { ExportContent, ExportFormat } from './format.ts'

/** The `bom-ref` of what the document describes. */
const subject = 'certificates'

interface Property {
  readonly name: string
  readonly value: string
}

/** A cryptography bill of materials: CycloneDX 1.7 (https://cyclonedx.org/docs/1.7/json/), with a component for each certificate. */
export const cyclonedx: ExportFormat = {
  contentType: 'application/vnd.cyclonedx+json; version=1.7',
  fileName: 'certificates.cdx.json',
  parameters: {
    x509: { type: GraphQLBoolean, defaultValue: true },
  },
  async *write(content, timeSlice) {
    const head = JSON.stringify({
      $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.7',
      version: 1,
      metadata: toMetadata(content),
      compositions: [
        { aggregate: content.incompleteReasons.length === 0 ? 'complete' : 'incomplete', assemblies: [subject] },
      ],
    })
    yield `${head.slice(0, -1)},"components":[`
    let separator = '\n'
    for await (const batch of content.rows(timeSlice)) {
      yield separator + batch.map((row) => JSON.stringify(toComponent(row, content.now))).join(',\n')
      separator = ',\n'
    }
    yield '\n]}\n'
  },
}

function toMetadata({ settings, incompleteReasons, staleReasons, sources, conditions }: ExportContent) {
  const newest = Math.max(...sources.map(({ asOf }) => asOf ?? Number.NEGATIVE_INFINITY))
  return {
    // The time of the data and not of the request: the same readings give the same document.
    timestamp: Number.isFinite(newest) ? dateOf(newest) : undefined,
    tools: { components: [{ type: 'application', name: 'certgraph', version: settings.version }] },
    component: { type: 'platform', 'bom-ref': subject, name: 'Certificates that certgraph reads' },
    properties: [
      property('mode', settings.isSandbox ? 'sandbox' : 'live'),
      property('complete', String(incompleteReasons.length === 0)),
      property('fresh', String(staleReasons.length === 0)),
      ...incompleteReasons.map((reason) => property('incompleteReason', reason)),
      ...staleReasons.map((reason) => property('staleReason', reason)),
      ...conditions.map(([name, value]) => property(`filter:${name}`, value)),
    ],
  }
}

function toComponent(row: ExportRow, now: number) {
  const { id, name, vendorId, provider, place, owner, x509, parseIssues } = row
  const listed = (member: string, value: string | number | null | undefined) =>
    value === null || value === undefined ? [] : [property(member, String(value))]
  return {
    type: 'cryptographic-asset',
    'bom-ref': id,
    name: name || vendorId,
    cryptoProperties: { assetType: 'certificate', certificateProperties: toCertificateProperties(row, now) },
    properties: [
      property('provider', provider),
      property('place', place.label),
      property('placeVendorId', place.vendorId),
      property('vendorId', vendorId),
      ...listed('active', row.active === null ? null : String(row.active)),
      ...listed('owner', owner?.name),
      ...listed('contact', owner?.contact),
      ...listed('runbookUrl', owner?.runbookUrl),
      ...listed('keyAlgorithm', x509.keyAlgorithm),
      ...listed('keySize', x509.keySize),
      ...listed('signatureAlgorithm', x509.signatureAlgorithm),
      property('asOf', toDateTime(row.asOf)),
      property('stale', String(row.stale)),
      ...parseIssues.map((issue) => property('parseIssue', issue)),
    ],
  }
}

function toCertificateProperties(row: ExportRow, now: number) {
  const { x509 } = row
  const { sha256Fingerprint, subjectAltNames } = x509
  return {
    // JSON.stringify omits what is undefined.
    serialNumber: x509.serialNumber ?? undefined,
    subjectName: x509.subject ?? undefined,
    issuerName: x509.issuer ?? undefined,
    notValidBefore: dateOf(row.validFrom),
    notValidAfter: dateOf(row.expiresAt),
    certificateFormat: 'X.509',
    fingerprint: sha256Fingerprint ? { alg: 'SHA-256', content: sha256Fingerprint } : undefined,
    certificateState: [toState(row, now)],
    creationDate: dateOf(row.createdAt),
    certificateExtensions: subjectAltNames?.length
      ? [{ commonExtensionName: 'subjectAlternativeName', commonExtensionValue: subjectAltNames.join(', ') }]
      : undefined,
  }
}

/** The state in the life of a certificate, in the words of NIST SP 800-57, which CycloneDX uses. */
function toState({ active, deleted, expiryStatus, validFrom }: ExportRow, now: number) {
  if (deleted) return { state: 'destroyed', reason: 'It is deleted at the vendor.' }
  if (expiryStatus === 'EXPIRED') return { state: 'deactivated', reason: 'It has expired.' }
  if (active === false) return { state: 'deactivated', reason: 'It is not in force at the vendor.' }
  if (validFrom !== null && validFrom > now) return { state: 'pre-activation', reason: 'Its validity has not begun.' }
  if (active) return { state: 'active' }
  return { name: 'unknown', reason: 'The vendor does not report whether it is in force.' }
}

const property = (name: string, value: string): Property => ({ name: `certgraph:${name}`, value })

/** A date of RFC 3339, whose years have four digits. */
function dateOf(milliseconds: number | null | undefined): string | undefined {
  const text = toDateTime(milliseconds ?? null)
  return text !== null && /^\d{4}-/.test(text) ? text : undefined
}
