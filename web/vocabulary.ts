import type {
  CertificateChangeKind,
  CertificateProvider,
  CertificateWeakness,
  ExpiryStatus,
  SourceKind,
  SourceStatus,
} from './generated/graphql.ts'

/** A color of the page, and the icon that belongs to it. */
export type Tone = 'expired' | 'critical' | 'warning' | 'unknown' | 'ok'

interface Words {
  readonly word: string
  readonly tone: Tone
}

/** The expiry statuses, the most urgent one first. */
export const expiryStatuses = {
  EXPIRED: { word: 'Expired', tone: 'expired' },
  CRITICAL: { word: 'Critical', tone: 'critical' },
  WARNING: { word: 'Warning', tone: 'warning' },
  UNKNOWN: { word: 'Unknown', tone: 'unknown' },
  OK: { word: 'OK', tone: 'ok' },
} satisfies Record<ExpiryStatus, Words>

export const changeKinds = {
  APPEARED: 'Appeared',
  RENEWED: 'Renewed',
  VANISHED: 'Vanished',
  ACTIVATED: 'Activated',
  DEACTIVATED: 'Deactivated',
  EXPIRING: 'Expiring',
  EXPIRED: 'Expired',
} satisfies Record<CertificateChangeKind, string>

/** The results of a reading, the worst one first. */
export const sourceStatuses = {
  FAILED: { word: 'Failed', tone: 'expired' },
  STALE: { word: 'Stale', tone: 'warning' },
  OK: { word: 'OK', tone: 'ok' },
} satisfies Record<SourceStatus, Words>

const weaknesses: Readonly<Record<CertificateWeakness, string>> = {
  EC_BELOW_256: 'ECDSA key below 256 bits',
  LIFETIME_OVER_BASELINE: 'Valid for longer than the Baseline Requirements allow',
  MD5_SIGNATURE: 'Signature with MD5',
  RSA_BELOW_2048: 'RSA key below 2048 bits',
  SHA1_SIGNATURE: 'Signature with SHA-1',
}

export const toWeaknessName = (weakness: CertificateWeakness): string => weaknesses[weakness] ?? weakness

const vendors: Readonly<Record<string, string>> = { AKAMAI: 'Akamai CPS', LIVEPERSON: 'LivePerson', OPENAI: 'OpenAI' }

/** The name of a vendor. One that this file does not list has its name from the schema. */
export const toVendorName = (provider: CertificateProvider | string): string =>
  vendors[provider] ?? provider.charAt(0) + provider.slice(1).toLowerCase().replaceAll('_', ' ')

const failures: Readonly<Record<string, string>> = {
  UPSTREAM_UNAUTHENTICATED: 'the credential is refused',
  UPSTREAM_FORBIDDEN: 'the credential lacks a permission',
  UPSTREAM_NOT_FOUND: 'not found at the vendor',
  UPSTREAM_RATE_LIMITED: 'the rate limit is used up',
  UPSTREAM_UNAVAILABLE: 'the vendor is not available',
  UPSTREAM_TIMEOUT: 'the vendor does not answer in time',
  UPSTREAM_MALFORMED_RESPONSE: 'the response is malformed',
  UPSTREAM_CIRCUIT_OPEN: 'it failed several times',
}

/** Why a source failed, in words that fit a sentence. */
export const toFailureText = (code: string): string =>
  failures[code] ?? code.replace('UPSTREAM_', '').replaceAll('_', ' ').toLowerCase()

interface NamedPlace {
  readonly __typename: string
  readonly provider: string
  readonly label: string
}

/** The last word of its type: contract. */
export const toPlaceKind = ({ __typename }: Pick<NamedPlace, '__typename'>): string =>
  /[A-Z][a-z]+$/.exec(__typename)?.[0].toLowerCase() ?? 'place'

/** A place with its vendor and kind: Akamai CPS contract C-1. */
export const toPlaceName = (place: NamedPlace): string =>
  `${toVendorName(place.provider)} ${toPlaceKind(place)} ${place.label}`

const readings: Readonly<Record<string, string>> = {
  ENROLLMENTS: 'The enrollments of ',
}

/** What was read. An account whose places cannot be listed cannot be read. */
export const toSourceName = (source: { readonly kind: SourceKind; readonly place: NamedPlace }): string =>
  `${readings[source.kind] ?? ''}${toPlaceName(source.place)}`
