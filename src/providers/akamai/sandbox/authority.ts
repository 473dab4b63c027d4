import type { Calendar } from '../../../sandbox/calendar.ts'
import { digitsOf } from '../../../sandbox/digest.ts'
import { issueCertificate } from '../../../sandbox/issue-certificate.ts'

/** An issuer of certificates, with the PEM of its own and of its root's. */
export interface Authority {
  readonly name: string
  readonly trustChain: string
}

export async function createAuthority(keyAlgorithm: 'ECDSA' | 'RSA', calendar: Calendar): Promise<Authority> {
  const name = `CN=Lanternfield ${keyAlgorithm} CA 2,O=Lanternfield Trust,C=SE`
  const root = `CN=Lanternfield ${keyAlgorithm} Root,O=Lanternfield Trust,C=SE`
  const issue = (subject: string) =>
    issueCertificate({
      subject,
      issuer: root,
      serialNumber: digitsOf(subject, 32),
      notBefore: calendar.startOf(-1500),
      notAfter: calendar.endOf(1500),
      keyAlgorithm,
      authority: true,
    })
  const chain = [await issue(name), await issue(root)]
  return { name, trustChain: chain.map(({ pem }) => pem).join('\n') }
}
