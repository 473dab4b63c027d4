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
    ['RSA', 'rsa'],
    ['ECDSA', 'ec'],
    ['Ed25519', 'ed25519'],
  ] as const)('issues a self-signed CA certificate with an %s key', async (keyAlgorithm, keyType) => {
    const { pem } = await issueCertificate({
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
  })
})
