import { isObject } from '../../is-object.ts'
import { parseId, RowReader } from '../row-reader.ts'
import { networkFields, parseNetworkSettings, type WireNetworkSettings } from './wire-network.ts'

/** What enrollments v11 tells beyond active-certificates. Its contacts are personal data and are not read at all. */
export interface WireEnrollmentDetails {
  readonly id: string
  readonly ra: string | null
  readonly validationType: string | null
  readonly autoRenewalStartTime: number | null
  readonly networkConfiguration: WireEnrollmentNetwork | null
  readonly issues: readonly string[]
}

interface WireEnrollmentNetwork extends WireNetworkSettings {
  readonly mustHaveCiphers: string | null
  readonly preferredCiphers: string | null
  readonly dnsNameSettings: { readonly cloneDnsNames: boolean | null; readonly dnsNames: readonly string[] | null }
  readonly clientMutualAuthentication: WireClientMutualAuthentication | null
}

interface WireClientMutualAuthentication {
  readonly setId: string | null
  readonly authenticationOptions: {
    readonly ocsp: { readonly enabled: boolean | null }
    readonly sendCaListToClient: boolean | null
  }
}

/** The rows of an answer, which stand where those of active-certificates do. */
export { parseActiveCertificates as parseEnrollments } from './wire.ts'

/** Every member of a row that is read, at whatever depth. */
export const enrollmentDetailFields = [
  ...['id', 'location', 'ra', 'validationType', 'autoRenewalStartTime', 'networkConfiguration', ...networkFields],
  ...['mustHaveCiphers', 'preferredCiphers', 'dnsNameSettings', 'cloneDnsNames', 'dnsNames'],
  ...['clientMutualAuthentication', 'setId', 'authenticationOptions', 'ocsp', 'enabled', 'sendCaListToClient'],
]

/** Null when the row is no object or has no id. */
export function parseEnrollmentDetails(value: unknown): WireEnrollmentDetails | null {
  if (!isObject(value)) return null
  const row = new RowReader(value)
  // The id may be null, and is then the last segment of the location.
  const id = parseId(value['id']) ?? /[^/]+$/.exec(row.text('location') ?? '')?.[0]
  if (id === undefined) return null
  return {
    id,
    ra: row.text('ra'),
    validationType: row.text('validationType'),
    autoRenewalStartTime: row.date('autoRenewalStartTime'),
    networkConfiguration: parseIfAny(row, 'networkConfiguration', parseEnrollmentNetwork),
    issues: row.issues,
  }
}

function parseEnrollmentNetwork(row: RowReader): WireEnrollmentNetwork {
  const names = row.object('dnsNameSettings')
  return {
    ...parseNetworkSettings(row),
    mustHaveCiphers: row.text('mustHaveCiphers'),
    preferredCiphers: row.text('preferredCiphers'),
    dnsNameSettings: { cloneDnsNames: names.flag('cloneDnsNames'), dnsNames: names.texts('dnsNames') },
    clientMutualAuthentication: parseIfAny(row, 'clientMutualAuthentication', parseClientMutualAuthentication),
  }
}

function parseClientMutualAuthentication(row: RowReader): WireClientMutualAuthentication {
  const options = row.object('authenticationOptions')
  return {
    setId: row.text('setId'),
    authenticationOptions: {
      ocsp: { enabled: options.object('ocsp').flag('enabled') },
      sendCaListToClient: options.flag('sendCaListToClient'),
    },
  }
}

function parseIfAny<Value>(row: RowReader, field: string, parse: (member: RowReader) => Value): Value | null {
  const member = row.object(field)
  return isObject(row.raw(field)) ? parse(member) : null
}
