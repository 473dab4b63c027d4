import { type ExpiryRules, expiryStatus } from '../catalog/expiry.ts'
import type { Redact } from '../upstream/redact.ts'
import type { CertificateEvent, EventPlace, SourceEvent } from './event.ts'

/** The body of a message. */
export interface Payload {
  readonly type: string
  /** When it happened, in ISO 8601. */
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

interface PayloadOptions {
  /** Where people reach this program; null: payloads have no link. */
  readonly publicUrl: string | null
  readonly expiry: ExpiryRules
  readonly redact: Redact
}

/** Characters of a text of a vendor. */
const maxText = 1_000
/** Subject alternative names in a payload, and the characters of each. */
const maxNames = 50
const maxNameLength = 256

/** The type of a change: `certificate.expiring`. */
const typeOfChange = (kind: string): string => `certificate.${kind.toLowerCase()}`

/** The type of an outage: `source.unavailable`. */
const typeOfSourceEvent = (kind: SourceEvent['kind']): string => kind.toLowerCase().replace('_', '.')

export const toIsoTime = (time: number): string => new Date(time).toISOString()
const toIsoTimeOrNull = (time: number | null | undefined): string | null => (time == null ? null : toIsoTime(time))

export function toCertificatePayload(
  { change, place, certificate, owner, status }: CertificateEvent,
  { publicUrl, expiry, redact }: PayloadOptions,
): Payload {
  const { kind, at, certificateId } = change
  const text = (value: string | null | undefined) => (value == null ? null : redact(value, maxText))
  const certificateData = certificate && {
    id: certificate.id,
    provider: certificate.provider,
    name: text(certificate.name),
    active: certificate.active ?? null,
    createdAt: toIsoTimeOrNull(certificate.createdAt),
    validFrom: toIsoTimeOrNull(certificate.validFrom),
    expiresAt: toIsoTimeOrNull(certificate.expiresAt),
    expiryStatus: expiryStatus(certificate, at, expiry),
    issuer: text(certificate.x509.issuer),
    serialNumber: text(certificate.x509.serialNumber),
    sha256Fingerprint: text(certificate.x509.sha256Fingerprint),
    subjectAltNames:
      certificate.x509.subjectAltNames?.slice(0, maxNames).map((name) => redact(name, maxNameLength)) ?? null,
  }
  return {
    type: typeOfChange(kind),
    timestamp: toIsoTime(at),
    data: {
      change: {
        id: change.id,
        kind,
        at: toIsoTime(at),
        place: toPlaceData(place, redact),
        certificateId,
        name: text(change.name),
        expiresAt: toIsoTimeOrNull(change.expiresAt),
        expiryStatus: change.expiryStatus,
        replacesId: change.replacesId,
      },
      certificate: certificateData,
      expiryStatus: status,
      owner: owner && { name: owner.name, contact: owner.contact, runbookUrl: owner.runbookUrl },
      ...(publicUrl !== null && { link: `${publicUrl}/certificates/${encodeURIComponent(certificateId)}` }),
    },
  }
}

export function toSourcePayload(
  { kind, place, sourceKind, since, at, error }: SourceEvent,
  { redact }: Pick<PayloadOptions, 'redact'>,
): Payload {
  return {
    type: typeOfSourceEvent(kind),
    timestamp: toIsoTime(at),
    data: {
      source: {
        place: toPlaceData(place, redact),
        kind: sourceKind,
        unavailableSince: toIsoTime(since),
        ...(kind === 'SOURCE_UNAVAILABLE'
          ? { error: error && { ...error, message: redact(error.message, maxText) } }
          : { recoveredAt: toIsoTime(at) }),
      },
    },
  }
}

function toPlaceData({ id, provider, vendorId, name }: EventPlace, redact: Redact): object {
  return { id, provider, vendorId, name: name === null ? null : redact(name, maxText) }
}

/** A message that changes nothing, for `certgraph notify test`. */
export function toTestPayload(now: number): Payload {
  return {
    type: 'test',
    timestamp: toIsoTime(now),
    data: { message: 'This is a test of certgraph. No certificate has changed.' },
  }
}
