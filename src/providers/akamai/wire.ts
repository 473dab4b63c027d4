import { isObject } from '../../is-object.ts'
import { parseRow, RowReader } from '../row-reader.ts'
import { networkFields, parseNetworkSettings, type WireNetworkSettings } from './wire-network.ts'

/** An enrollment of active-certificates v2. Every member may be missing; what is null says nothing. */
export interface WireEnrollment {
  readonly id: string
  readonly certificateType: string | null
  readonly csr: { readonly cn: string | null; readonly sans: readonly string[] | null }
  readonly pendingChanges: readonly WirePendingChange[]
  readonly production: WireNetwork
  readonly staging: WireNetwork
  readonly issues: readonly string[]
}

export interface WirePendingChange {
  readonly changeType: string | null
  readonly location: string | null
}

interface WireNetwork {
  readonly primaryCertificate: WireCertificate | null
  readonly multiStackedCertificates: readonly WireCertificate[]
  readonly networkConfiguration: WireNetworkConfiguration
  /** What stands where certificates could, and is no object. */
  readonly unreadable: number
}

export interface WireNetworkConfiguration extends WireNetworkSettings {
  readonly dnsNames: readonly string[] | null
}

export interface WireCertificate {
  readonly expiry: number | null
  readonly issuer: string | null
  readonly keyAlgorithm: string | null
  readonly serial: string | null
  readonly sha256Fingerprint: string | null
  readonly signatureAlgorithm: string | null
  readonly issues: readonly string[]
}

/** Every member of a row that is read, at whatever depth. */
export const enrollmentFields = [
  'id',
  'certificateType',
  ...['csr', 'cn', 'sans'],
  ...['pendingChanges', 'changeType', 'location'],
  ...['production', 'staging', 'primaryCertificate', 'multiStackedCertificates', 'networkConfiguration'],
  ...['expiry', 'issuer', 'keyAlgorithm', 'serial', 'sha256Fingerprint', 'signatureAlgorithm'],
  ...['dnsNames', ...networkFields],
]

/** The rows of an answer. @throws when it has none */
export function parseActiveCertificates(body: unknown): readonly unknown[] {
  if (!isObject(body) || !Array.isArray(body['enrollments'])) throw new Error('no enrollments')
  return body['enrollments']
}

/** Null when the row is no object or has no id. */
export function parseEnrollment(value: unknown): WireEnrollment | null {
  const identified = parseRow(value)
  if (!identified) return null
  const { id, row } = identified
  const csr = row.object('csr')
  return {
    id,
    certificateType: row.text('certificateType'),
    csr: { cn: csr.name('cn'), sans: csr.texts('sans') },
    pendingChanges: row
      .objects('pendingChanges')
      .map((change) => ({ changeType: change.text('changeType'), location: change.text('location') })),
    production: parseNetwork(row, 'production'),
    staging: parseNetwork(row, 'staging'),
    issues: row.issues,
  }
}

function parseNetwork(enrollment: RowReader, name: 'production' | 'staging'): WireNetwork {
  const value = enrollment.raw(name)
  const row = enrollment.object(name)
  const lost: unknown[] = []
  const { primaryCertificate, multiStackedCertificates } = isObject(value) ? value : {}
  if (value !== undefined && value !== null && !isObject(value)) lost.push(value)
  const configuration = row.object('networkConfiguration')
  const stacked = Array.isArray(multiStackedCertificates) ? multiStackedCertificates : [multiStackedCertificates]
  return {
    primaryCertificate: parseCertificate(primaryCertificate, lost),
    multiStackedCertificates: stacked.flatMap((each: unknown) => parseCertificate(each, lost) ?? []),
    networkConfiguration: { dnsNames: configuration.texts('dnsNames'), ...parseNetworkSettings(configuration) },
    unreadable: lost.length,
  }
}

/** Null when nothing is deployed there: the vendor then writes null, or an object of null and empty fields. */
function parseCertificate(value: unknown, lost: unknown[]): WireCertificate | null {
  if (value === undefined || value === null) return null
  if (!isObject(value)) {
    lost.push(value)
    return null
  }
  const told = Object.entries(value).filter(([, field]) => field !== null && field !== '')
  if (told.length === 0) return null
  const row = new RowReader(Object.fromEntries(told))
  return {
    expiry: row.date('expiry'),
    issuer: row.text('issuer'),
    keyAlgorithm: row.text('keyAlgorithm'),
    serial: row.text('serial'),
    sha256Fingerprint: row.text('sha256Fingerprint'),
    signatureAlgorithm: row.text('signatureAlgorithm'),
    issues: row.issues,
  }
}

/** Contract ids, a bare list of strings. @throws when it is anything else */
export function parseContractIdentifiers(body: unknown): readonly unknown[] {
  if (!Array.isArray(body)) throw new Error('no list of contracts')
  return body
}

/** Problem details (RFC 9457). A quota that is spent may say only in `detail` how long to wait. */
export function parseError(body: unknown): { message?: string; retryAfterSeconds?: number } {
  const problem = new RowReader(isObject(body) ? body : {})
  const detail = problem.text('detail')
  const message = [problem.text('title'), detail].filter((part) => part !== null).join(': ')
  const wait = /retry after:?\s*(\d+)\s*seconds?/i.exec(detail ?? '')?.[1]
  return { ...(message && { message }), ...(wait !== undefined && { retryAfterSeconds: Number(wait) }) }
}
