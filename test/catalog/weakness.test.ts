import { describe, expect, it } from '@jest/globals'
import { type CertificateWeakness, findWeaknesses } from '../../src/catalog/weakness.ts'
import { noX509Details, parseX509, type X509Details } from '../../src/catalog/x509.ts'
import { rareCertificates } from '../support/rare-certificates.ts'

const day = 86_400_000
const find = (details: Partial<X509Details>, isServer = false) =>
  findWeaknesses({ details: { ...noX509Details, ...details }, isServer })

/** Null when the weakness could not be checked. */
function verdict(weakness: CertificateWeakness, details: Partial<X509Details>, isServer = false): boolean | null {
  const { weaknesses, checked } = find(details, isServer)
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

describe('LIFETIME_OVER_398_DAYS', () => {
  const validFrom = Date.UTC(2030, 0, 1)

  it.each([
    [1, false],
    [398 * day, false],
    [398 * day + 1000, true],
    [3650 * day, true],
  ])('for %d milliseconds is %p for a server, and is not checked otherwise', (lifetime, isWeak) => {
    const details = { validFrom, expiresAt: validFrom + lifetime }
    expect(verdict('LIFETIME_OVER_398_DAYS', details, true)).toBe(isWeak)
    expect(verdict('LIFETIME_OVER_398_DAYS', details, false)).toBeNull()
  })

  it.each([{ validFrom }, { expiresAt: validFrom }, {}])('is not checked without both dates: %j', (details) => {
    expect(verdict('LIFETIME_OVER_398_DAYS', details, true)).toBeNull()
  })
})

describe('findWeaknesses', () => {
  it('checks nothing when nothing is known', () => {
    expect(find({}, true)).toEqual({ weaknesses: [], checked: [] })
  })

  it.each([
    [
      'SHA1',
      ['RSA_BELOW_2048', 'SHA1_SIGNATURE'],
      ['EC_BELOW_256', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE'],
    ],
    ['MD5', ['MD5_SIGNATURE', 'RSA_BELOW_2048'], ['EC_BELOW_256', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']],
    ['P224', ['EC_BELOW_256'], ['EC_BELOW_256', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']],
    ['Ed448', [], ['EC_BELOW_256', 'RSA_BELOW_2048']],
  ] as const)('finds the weaknesses in the PEM of %s', (kind, weaknesses, checked) => {
    expect(find(parseX509(rareCertificates[kind]))).toEqual({ weaknesses, checked })
  })

  it('finds every weakness of a server certificate', () => {
    const details = { ...parseX509(rareCertificates.SHA1), validFrom: 0, expiresAt: 400 * day }
    expect(find(details, true).weaknesses).toEqual(['LIFETIME_OVER_398_DAYS', 'RSA_BELOW_2048', 'SHA1_SIGNATURE'])
  })
})
