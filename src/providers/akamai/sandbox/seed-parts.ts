import { issueCertificate } from '../../../sandbox/issue-certificate.ts'
import { type Calendar, createSecret, digitsOf } from '../../../sandbox/seed-values.ts'
import type { Account, Contract, NetworkConfiguration, SwitchKey } from './state.ts'

/** An account with its own API client. */
export function createAccount(id: string, name: string, contracts: Contract[], switchKeys: SwitchKey[] = []): Account {
  return {
    id,
    name,
    clientToken: createSecret('akab-client-'),
    clientSecret: createSecret(),
    accessToken: createSecret('akab-access-'),
    accountSwitchKey: null,
    contracts,
    switchKeys,
  }
}

/** A certificate authority, with the PEM of its certificate and its root. */
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

export const plainNetwork: NetworkConfiguration = {
  geography: 'core',
  secureNetwork: 'enhanced-tls',
  mustHaveCiphers: 'ak-akamai-2020q1',
  preferredCiphers: 'ak-akamai-2020q1',
  disallowedTlsVersions: ['TLSv1', 'TLSv1_1'],
  ocspStapling: 'on',
  quicEnabled: false,
  sniOnly: true,
  fipsMode: false,
}

/** The vendor writes dates to the second. */
export function expiryOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}

/** The vendor writes serial numbers as lower-case pairs. */
export function serialOf(digits: string): string {
  return digits.replaceAll(/..(?=.)/g, '$&:')
}

/** The vendor writes fingerprints as upper-case pairs. */
export function fingerprintOf(digits: string): string {
  return serialOf(digits).toUpperCase()
}
