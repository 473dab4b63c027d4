import type { Answer } from '../../../sandbox/call.ts'
import type { Account, Certificate } from './state.ts'

/** As text, because an id may have more digits than a JavaScript number keeps. */
export function answerCertificates(account: Account): Answer {
  return json(`[${account.certificates.map((certificate) => describedCertificate(certificate, account)).join(',')}]`)
}

export function answerCertificate(certificate: Certificate, account: Account): Answer {
  return json(describedCertificate(certificate, account))
}

/** The form of LivePerson's other services: for certificates none is documented. */
export function refuse(status: number, message: string, now: number): Answer {
  return { status, body: { time: now, message, internalCode: status } }
}

function describedCertificate(
  { id, deleted, name, displayName, status, expirationDate }: Certificate,
  account: Account,
) {
  const rest = { deleted, name, displayName, siteId: account.id, status, expirationDate }
  return `{"id":${id},${JSON.stringify(rest).slice(1)}`
}

function json(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}
