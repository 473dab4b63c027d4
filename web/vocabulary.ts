import type { CertificateChangeKind, CertificateProvider, ExpiryStatus, SourceKind } from './generated/graphql.ts'

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

const vendors: Readonly<Record<string, string>> = { AKAMAI: 'Akamai CPS', LIVEPERSON: 'LivePerson', OPENAI: 'OpenAI' }

/** The name of a vendor. One that this file does not list has its name from the schema. */
export const toVendorName = (provider: CertificateProvider | string): string =>
  vendors[provider] ?? provider.charAt(0) + provider.slice(1).toLowerCase().replaceAll('_', ' ')

interface NamedPlace {
  readonly __typename: string
  readonly provider: string
  readonly label: string
}

/** A place with its vendor and kind: Akamai CPS contract C-1. The kind is the last word of its type. */
export function toPlaceName({ __typename, provider, label }: NamedPlace): string {
  const kind = /[A-Z][a-z]+$/.exec(__typename)?.[0].toLowerCase() ?? 'place'
  return `${toVendorName(provider)} ${kind} ${label}`
}

const readings: Readonly<Record<string, string>> = {
  ENROLLMENTS: 'The enrollments of ',
}

/** What was read. An account whose places cannot be listed cannot be read. */
export const toSourceName = (source: { readonly kind: SourceKind; readonly place: NamedPlace }): string =>
  `${readings[source.kind] ?? ''}${toPlaceName(source.place)}`
