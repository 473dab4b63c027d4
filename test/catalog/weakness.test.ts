import { describe, expect, it } from '@jest/globals'
import { type CertificateWeakness, findWeaknesses } from '../../src/catalog/weakness.ts'
import { noX509Details, parseX509, type X509Details } from '../../src/catalog/x509.ts'
import { rareCertificates } from '../support/rare-certificates.ts'

const day = 86_400_000
const find = (details: Partial<X509Details>) => findWeaknesses({ ...noX509Details, ...details })

/** Null when the weakness could not be checked. */
function verdict(weakness: CertificateWeakness, details: Partial<X509Details>): boolean | null {
  const { weaknesses, checked } = find(details)
  return checked.includes(weakness) ? weaknesses.includes(weakness) : null
}

describe('SHA1_SIGNATURE', () => {
  it.each([
    ['SHA-1', true],
    ['SHA1', true],
    ['sha1WithRSAEncryption', true],
    ['SHA-256', false],
    ['SHA3-512', false],
    ['MD5', false],
    ['sha-128', false],
    [null, null],
  ])('for %p is %p', (signatureAlgorithm, isWeak) => {
    expect(verdict('SHA1_SIGNATURE', { signatureAlgorithm })).toBe(isWeak)
  })
})

describe('MD5_SIGNATURE', () => {
  it.each([
    ['MD5', true],
    ['md5WithRSAEncryption', true],
    ['MD2', true],
    ['MD4', true],
    ['SHA-256', false],
    ['SHA-1', false],
    ['RIPEMD-160', false],
    [null, null],
  ])('for %p is %p', (signatureAlgorithm, isWeak) => {
    expect(verdict('MD5_SIGNATURE', { signatureAlgorithm })).toBe(isWeak)
  })
})

describe('RSA_BELOW_2048 and EC_BELOW_256', () => {
  it.each([
    ['RSA', 1024, true, false],
    ['RSA', 2047, true, false],
    ['RSA', 2048, false, false],
    ['RSA', 4096, false, false],
    ['RSA', null, null, false],
    ['ECDSA', 224, false, true],
    ['ECDSA', 256, false, false],
    ['ECDSA', 521, false, false],
    ['ECDSA', null, false, null],
    ['Ed25519', 256, false, false],
    ['Ed448', null, false, false],
    ['rsaEncryption', 1024, null, null],
    [null, 1024, null, null],
  ])('for %p with %p bits are %p and %p', (keyAlgorithm, keySize, rsa, ec) => {
    expect(verdict('RSA_BELOW_2048', { keyAlgorithm, keySize })).toBe(rsa)
    expect(verdict('EC_BELOW_256', { keyAlgorithm, keySize })).toBe(ec)
  })
})

describe('LIFETIME_OVER_BASELINE', () => {
  const serverAuth = '1.3.6.1.5.5.7.3.1'
  const clientAuth = '1.3.6.1.5.5.7.3.2'
  const weakness = 'LIFETIME_OVER_BASELINE'
  /** A validity of whole days includes its last second, the one of notAfter. */
  const validFor = (validFrom: number, days: number, seconds = 0) => ({
    validFrom,
    expiresAt: validFrom + days * day - 1000 + seconds * 1000,
  })

  it.each([
    ['2018-03-01T00:00:00Z', 825],
    ['2020-08-31T23:59:59Z', 825],
    ['2020-09-01T00:00:00Z', 398],
    ['2026-03-14T23:59:59Z', 398],
    ['2026-03-15T00:00:00Z', 200],
    ['2027-03-14T23:59:59Z', 200],
    ['2027-03-15T00:00:00Z', 100],
    ['2029-03-14T23:59:59Z', 100],
    ['2029-03-15T00:00:00Z', 47],
    ['2040-01-01T00:00:00Z', 47],
  ])('of a certificate valid from %s is more than %d days, with both ends', (start, days) => {
    const of = (seconds: number) => ({
      ...validFor(Date.parse(start), days, seconds),
      extendedKeyUsage: [clientAuth, serverAuth],
    })
    expect(verdict(weakness, of(0))).toBe(false)
    expect(verdict(weakness, of(1))).toBe(true)
  })

  it('has no limit before 2018-03-01', () => {
    const details = { ...validFor(Date.UTC(2018, 1, 28, 23, 59, 59), 5000), extendedKeyUsage: [serverAuth] }
    expect(verdict(weakness, details)).toBe(false)
  })

  it.each([
    ['serverAuth', [serverAuth], true],
    ['serverAuth and clientAuth', [clientAuth, serverAuth], true],
    ['clientAuth', [clientAuth], false],
    ['none', [], true],
    ['one that is not known', null, null],
  ])('is checked by the extended key usage: %s', (_, extendedKeyUsage, isWeak) => {
    expect(verdict(weakness, { ...validFor(Date.UTC(2030, 0), 365), extendedKeyUsage })).toBe(isWeak)
  })

  it.each([{ validFrom: 0 }, { expiresAt: 0 }, {}])('is not checked without both dates: %j', (dates) => {
    expect(verdict(weakness, { ...dates, extendedKeyUsage: [serverAuth] })).toBeNull()
  })
})

describe('findWeaknesses', () => {
  it('checks nothing when nothing is known', () => {
    expect(find({})).toEqual({ weaknesses: [], checked: [] })
  })

  const ofKey = ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048']
  const all = [...ofKey, 'MD5_SIGNATURE', 'SHA1_SIGNATURE'].toSorted()
  it.each([
    ['SHA1', ['LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE'], all],
    ['MD5', ['LIFETIME_OVER_BASELINE', 'MD5_SIGNATURE', 'RSA_BELOW_2048'], all],
    ['P224', ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE'], all],
    ['Ed448', ['LIFETIME_OVER_BASELINE'], ofKey],
  ] as const)('finds the weaknesses in the PEM of %s', (kind, weaknesses, checked) => {
    expect(find(parseX509(rareCertificates[kind]))).toEqual({ weaknesses, checked })
  })

  it('finds every weakness of a server certificate', () => {
    const validFrom = Date.UTC(2021, 0)
    const details = { ...parseX509(rareCertificates.SHA1), validFrom, expiresAt: validFrom + 400 * day }
    expect(find(details).weaknesses).toEqual(['LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE'])
  })
})
