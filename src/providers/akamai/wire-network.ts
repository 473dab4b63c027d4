import type { RowReader } from '../row-reader.ts'

/** How certificates are served on a network: active-certificates and enrollments tell it alike. What is null says nothing. */
export interface WireNetworkSettings {
  readonly geography: string | null
  readonly secureNetwork: string | null
  readonly sniOnly: boolean | null
  readonly quicEnabled: boolean | null
  readonly ocspStapling: string | null
  readonly disallowedTlsVersions: readonly string[] | null
}

/** Every member of it that is read. */
export const networkFields = [
  'geography',
  'secureNetwork',
  'sniOnly',
  'quicEnabled',
  'ocspStapling',
  'disallowedTlsVersions',
]

export function parseNetworkSettings(row: RowReader): WireNetworkSettings {
  return {
    geography: row.text('geography'),
    secureNetwork: row.text('secureNetwork'),
    sniOnly: row.flag('sniOnly'),
    quicEnabled: row.flag('quicEnabled'),
    ocspStapling: row.text('ocspStapling'),
    disallowedTlsVersions: row.texts('disallowedTlsVersions'),
  }
}
