import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { issueCertificate } from '../../src/sandbox/issue-certificate.ts'

const dates = { notBefore: new Date('2030-01-01T00:00:00Z'), notAfter: new Date('2031-01-01T23:59:59Z') }

describe('issueCertificate', () => {
  it('issues a certificate with the requested subject, issuer, serial number, dates and names', async () => {
    const { pem, sha256Fingerprint } = await issueCertificate({
      subject: 'CN=edge.bluequay.example,OU=Proxies\\, outer,O=Bluequay Freight,C=NL',
      issuer: 'CN=Lanternfield CA,O=Lanternfield Trust,C=SE',
      serialNumber: 'f00102030405060708090a0b0c0d0e0f',
      keyAlgorithm: 'ECDSA',
      subjectAltNames: [
        { type: 'dns', value: 'edge.bluequay.example' },
        { type: 'ip', value: '192.0.2.7' },
      ],
      ...dates,
    })
    const parsed = new X509Certificate(pem)
    expect(parsed.subject.split('\n')).toEqual([
      'C=NL',
      'O=Bluequay Freight',
      'OU=Proxies\\, outer',
      'CN=edge.bluequay.example',
    ])
    expect(parsed.issuer.split('\n')).toEqual(['C=SE', 'O=Lanternfield Trust', 'CN=Lanternfield CA'])
    expect(parsed.serialNumber).toBe('F00102030405060708090A0B0C0D0E0F')
    expect(new Date(parsed.validFrom)).toEqual(dates.notBefore)
    expect(new Date(parsed.validTo)).toEqual(dates.notAfter)
    expect(parsed.subjectAltName).toBe('DNS:edge.bluequay.example, IP Address:192.0.2.7')
    expect(parsed.ca).toBe(false)
    expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(sha256Fingerprint)
  })

  it.each([
    ['RSA', 'rsa', '044dbb7f26a1d31f65f8dca29166b6f570147741be91ba6cf34dc409ea3ee705'],
    ['ECDSA', 'ec', 'e9eb895d294e8eceb89234827f98f37fc91531416f1577bbc6e2ed0d5d9d2174'],
    ['Ed25519', 'ed25519', 'db9b68624dd1d348300bf5fa88672ce124247085e91d531d8fd202eba4a83f2f'],
  ] as const)(
    'issues the same self-signed CA certificate with an %s key in every process',
    async (keyAlgorithm, keyType, fingerprint) => {
      const { pem, sha256Fingerprint } = await issueCertificate({
        subject: 'CN=Mesh CA',
        serialNumber: '1a',
        keyAlgorithm,
        authority: true,
        ...dates,
      })
      const parsed = new X509Certificate(pem)
      expect(parsed.ca).toBe(true)
      expect(parsed.publicKey.asymmetricKeyType).toBe(keyType)
      expect(parsed.checkIssued(parsed)).toBe(true)
      expect(parsed.verify(parsed.publicKey)).toBe(true)
      expect(sha256Fingerprint).toBe(fingerprint)
    },
  )

  it.each([
    ['RSA', { modulusLength: 2048, publicExponent: 65_537n }],
    ['ECDSA', { namedCurve: 'prime256v1' }],
  ] as const)('uses %s keys of the usual size', async (keyAlgorithm, details) => {
    const { pem } = await issueCertificate({ subject: 'CN=a', serialNumber: '01', keyAlgorithm, ...dates })
    expect(new X509Certificate(pem).publicKey.asymmetricKeyDetails).toEqual(details)
  })

  it('signs every certificate with a valid ECDSA signature', async () => {
    const serials = Array.from({ length: 300 }, (_, index) => (index + 1).toString(16).padStart(4, '0'))
    for (const serialNumber of serials) {
      const { pem } = await issueCertificate({ subject: 'CN=a', serialNumber, keyAlgorithm: 'ECDSA', ...dates })
      const parsed = new X509Certificate(pem)
      expect({ serialNumber, isValid: parsed.verify(parsed.publicKey) }).toEqual({ serialNumber, isValid: true })
    }
  })
})
