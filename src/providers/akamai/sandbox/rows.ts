import type { ClientAuthentication, Enrollment, NetworkConfiguration, PendingChange } from './state.ts'

/** The first and the last day of validity, counted from today. */
type Days = readonly [number, number]

/** An enrollment in short form. */
export interface Row {
  readonly commonName: string
  readonly type: Enrollment['certificateType']
  /** Names besides the common name. Null when the vendor's list is null. */
  readonly otherNames?: readonly string[] | null
  /** The same certificate on both networks. */
  readonly both?: Days
  readonly production?: Days
  readonly staging?: Days
  /** Default: RSA. `stacked` is an RSA and an ECDSA certificate. */
  readonly keys?: 'ECDSA' | 'RSA' | 'stacked'
  readonly pending?: PendingChange['type']
  readonly slots?: readonly number[]
  readonly network?: Partial<NetworkConfiguration>
  readonly clientAuthentication?: ClientAuthentication
  /** The vendor's row has no signature algorithm and no trust chain, and a lower-case time zone. */
  readonly legacy?: boolean
}

export const freightRows: readonly Row[] = [
  { commonName: 'www.bluequay.example', type: 'san', otherNames: ['bluequay.example'], both: [-30, 60] },
  {
    commonName: 'track.bluequay.example',
    type: 'third-party',
    otherNames: ['tracking.bluequay.example'],
    both: [-200, 165],
    keys: 'stacked',
    slots: [41207],
  },
  {
    commonName: 'api.bluequay.example',
    type: 'san',
    otherNames: ['api-eu.bluequay.example', 'api-us.bluequay.example'],
    production: [-81, 9],
    staging: [-3, 87],
    pending: 'renewal',
  },
  { commonName: '*.cdn.bluequay.example', type: 'wildcard', both: [-100, 265], keys: 'ECDSA' },
  {
    commonName: 'partners.bluequay.example',
    type: 'single',
    otherNames: null,
    both: [-91, -1],
    clientAuthentication: { setId: '3208', ocsp: false, sendCaList: true },
  },
  { commonName: 'beta.bluequay.example', type: 'san', staging: [-5, 85], keys: 'ECDSA' },
  { commonName: 'depots.bluequay.example', type: 'san', otherNames: null, pending: 'new-certificate' },
  {
    commonName: '*.customs.bluequay.example',
    type: 'wildcard-san',
    otherNames: ['customs.bluequay.example'],
    both: [-70, 20],
    pending: 'renewal',
  },
  {
    commonName: 'labels.bluequay.example',
    type: 'third-party',
    production: [-362, 3],
    slots: [41208],
    network: { sniOnly: false },
  },
  {
    commonName: 'quotes.bluequay.example',
    type: 'san',
    both: [-10, 80],
    network: { geography: 'china+core', secureNetwork: 'standard-tls', quicEnabled: true },
  },
  {
    commonName: 'Legacy.Bluequay.example',
    type: 'third-party',
    both: [-440, -75],
    network: { ocspStapling: 'not-set', disallowedTlsVersions: [] },
    legacy: true,
  },
  {
    commonName: 'status.bluequay.example',
    type: 'san',
    otherNames: ['incidents.bluequay.example'],
    both: [-45, 45],
    keys: 'ECDSA',
    pending: 'modify-san',
  },
]

export const paymentRows: readonly Row[] = [
  { commonName: 'www.clearberth.example', type: 'san', otherNames: ['clearberth.example'], both: [-15, 75] },
  {
    commonName: 'pay.clearberth.example',
    type: 'third-party',
    otherNames: ['checkout.clearberth.example'],
    both: [-353, 12],
    keys: 'stacked',
    slots: [41311],
    network: { fipsMode: true },
  },
  { commonName: 'next.clearberth.example', type: 'san', staging: [-1, 89] },
  { commonName: '*.clearberth.example', type: 'wildcard', both: [-182, 183], keys: 'ECDSA' },
  { commonName: 'invoices.clearberth.example', type: 'san', both: [-61, 29], pending: 'renewal' },
  {
    commonName: 'ledger.clearberth.example',
    type: 'single',
    production: [-110, -20],
    network: { ocspStapling: 'off' },
  },
  { commonName: 'images.clearberth.example', type: 'san', both: [-40, 50], keys: 'ECDSA' },
  {
    commonName: 'reports.clearberth.example',
    type: 'third-party',
    both: [-300, 430],
    pending: 'modify-certificate',
    network: { geography: 'russia+core' },
  },
]
