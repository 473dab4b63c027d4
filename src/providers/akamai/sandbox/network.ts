import type { NetworkConfiguration } from './state.ts'

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
