import { isObject } from '../../is-object.ts'
import { MalformedBodyError } from '../../upstream/error.ts'
import { parseId } from '../row-reader.ts'
import { date, flag, id, name, shape, type WireOf, word } from '../shape.ts'

/** A certificate of an account. Its id is a Java long: it is exact beyond 2^53. */
export const certificateShape = shape({
  id: id(),
  name: name(),
  displayName: name(),
  status: word(),
  deleted: flag(),
  expirationDate: date(),
})

export type WireCertificate = WireOf<typeof certificateShape>

export interface WireToken {
  readonly access_token: string
  readonly expires_in: number | null
}

/** The rows of an account's list, which is a bare array. @throws when the body is anything else */
export function parseCertificates(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw new MalformedBodyError('the body is not a list')
  return body
}

/**
 * A single certificate. Null when the body is empty: the gateway may answer an unknown id that way.
 * @throws when the body is not a certificate, or is another one
 */
export function parseSingle(body: unknown, wanted: { readonly id: string; readonly siteId: string }) {
  if (body === null) return null
  const certificate = certificateShape.parse(body)
  const siteId = isObject(body) ? body['siteId'] : undefined
  const isOfSite = siteId === undefined || siteId === null || parseId(siteId) === wanted.siteId
  if (certificate?.id !== wanted.id || !isOfSite) throw new MalformedBodyError('the body is not this certificate')
  return certificate
}

/** The host of a service, from a body about this service or about all services. @throws when the host is missing */
export function parseBaseUri(body: unknown, service: string): string {
  const members = isObject(body) ? body : {}
  const listed = Array.isArray(members['baseURIs']) ? members['baseURIs'].filter(isObject) : [members]
  const baseUri = listed.find((entry) => (entry['service'] ?? service) === service)?.['baseURI']
  if (typeof baseUri !== 'string') throw new MalformedBodyError(`baseURI of ${service} is missing`)
  return baseUri
}

/** The token of a token response. @throws when the body has no token */
export function parseToken(body: unknown): WireToken {
  const { access_token: token, expires_in: seconds } = isObject(body) ? body : {}
  if (typeof token !== 'string' || token === '') throw new MalformedBodyError('access_token is missing')
  return { access_token: token, expires_in: typeof seconds === 'number' ? seconds : null }
}

/** The documentation describes no error body for these calls. LivePerson's other services write `message`. */
export function parseError(body: unknown): { message?: string } {
  const message = isObject(body) ? body['message'] : undefined
  return typeof message === 'string' ? { message } : {}
}
