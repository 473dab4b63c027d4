import { isObject } from '../../is-object.ts'
import { parseId, parseRow } from '../row-reader.ts'

export interface WireCertificate {
  /** Exact, however many digits it has. */
  readonly id: string
  readonly name: string | null
  readonly displayName: string | null
  readonly status: string | null
  readonly deleted: boolean | null
  readonly expirationDate: number | null
  readonly issues: readonly string[]
}

/** Every member of a row that is read. */
export const certificateFields = ['id', 'name', 'displayName', 'status', 'deleted', 'expirationDate']

export interface WireToken {
  readonly access_token: string
  readonly expires_in: number | null
}

/** The rows of an account's list, a bare array. @throws when it is anything else */
export function parseCertificates(body: unknown): readonly unknown[] {
  if (!Array.isArray(body)) throw new Error('no list')
  return body
}

/** Null when the row is no object or has no id. */
export function parseCertificate(value: unknown): WireCertificate | null {
  const identified = parseRow(value)
  if (!identified) return null
  const { id, row } = identified
  return {
    id,
    name: row.name('name'),
    displayName: row.name('displayName'),
    status: row.text('status'),
    deleted: row.flag('deleted'),
    expirationDate: row.date('expirationDate'),
    issues: row.issues,
  }
}

/**
 * A single certificate; null when the answer is empty, as it may be for an id that is not there.
 * @throws when it is another one than was asked for, or no certificate
 */
export function parseSingle(body: unknown, wanted: { readonly id: string; readonly siteId: string }) {
  if (body === null) return null
  const certificate = parseCertificate(body)
  const siteId = isObject(body) ? body['siteId'] : undefined
  const isOfSite = siteId === undefined || siteId === null || parseId(siteId) === wanted.siteId
  if (certificate?.id !== wanted.id || !isOfSite) throw new Error('no certificate, or another one')
  return certificate
}

/** The host of a service, from an answer for one service or for all of them. @throws when it is in neither */
export function parseBaseUri(body: unknown, service: string): string {
  const answer = isObject(body) ? body : {}
  const listed = Array.isArray(answer['baseURIs']) ? answer['baseURIs'].filter(isObject) : [answer]
  const baseUri = listed.find((entry) => (entry['service'] ?? service) === service)?.['baseURI']
  if (typeof baseUri !== 'string') throw new Error(`no baseURI of ${service}`)
  return baseUri
}

/** @throws when there is no token in the answer */
export function parseToken(body: unknown): WireToken {
  const { access_token: token, expires_in: seconds } = isObject(body) ? body : {}
  if (typeof token !== 'string' || token === '') throw new Error('no access_token')
  return { access_token: token, expires_in: typeof seconds === 'number' ? seconds : null }
}

/** No error body is documented for these calls; LivePerson's other services write `message`. */
export function parseError(body: unknown): { message?: string } {
  const message = isObject(body) ? body['message'] : undefined
  return typeof message === 'string' ? { message } : {}
}
