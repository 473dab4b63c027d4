import type { EmulatedResponse } from '../../../sandbox/call.ts'
import type { Account, Certificate } from './state.ts'

/** Written as text, because ids may exceed 2^53. */
export function respondCertificates(account: Account): EmulatedResponse {
  return json(`[${account.certificates.map((certificate) => describedCertificate(certificate, account)).join(',')}]`)
}

export function respondCertificate(certificate: Certificate, account: Account): EmulatedResponse {
  return json(describedCertificate(certificate, account))
}

/** The error body of LivePerson's other services: none is documented for certificates. */
export function reject(status: number, message: string, now: number): EmulatedResponse {
  return { status, body: { time: now, message, internalCode: status } }
}

function describedCertificate(
  { id, deleted, name, displayName, status, expirationDate }: Certificate,
  account: Account,
) {
  const rest = { deleted, name, displayName, siteId: account.id, status, expirationDate }
  return `{"id":${id},${JSON.stringify(rest).slice(1)}`
}

function json(body: string): EmulatedResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** The first entry of the list is of a service that no client here uses, to catch clients that take the first one. */
const services = ['accountConfigReadWrite', 'mtlsGateway', 'sentinel']

/** All services of an account, at one host. */
export function respondDomains(account: string, baseURI: string): EmulatedResponse {
  return { status: 200, body: { baseURIs: services.map((service) => ({ service, account, baseURI })) } }
}

/** One service. Its name is case-sensitive. */
export function respondDomain(account: string, service: string, baseURI: string): EmulatedResponse {
  return services.includes(service)
    ? { status: 200, body: { service, account, baseURI } }
    : { status: 400, body: 'unknown service' }
}
