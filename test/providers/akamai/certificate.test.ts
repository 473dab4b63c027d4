import { describe, expect, it } from '@jest/globals'
import { type AkamaiEnrollment, toAkamaiEnrollment } from '../../../src/providers/akamai/certificate.ts'
import { enrollmentShape } from '../../../src/providers/akamai/wire.ts'
import { parseGlobalId } from '../../../src/providers/global-id.ts'
import { akamaiContractOf } from '../../support/idle-places.ts'
import { firstOf } from '../../support/rewriting.ts'

const one = '1'.repeat(64)
const two = '2'.repeat(64)
const expiry = '2030-06-30T23:59:59Z'

interface Network {
  readonly primaryCertificate?: unknown
  readonly multiStackedCertificates?: unknown
}

function enrollmentOf(row: {
  production?: Network | string
  staging?: Network
  [member: string]: unknown
}): AkamaiEnrollment {
  const wire = enrollmentShape.parse({
    id: 7,
    csr: { cn: 'Shop.example', sans: ['shop.example', 'SHOP.example'] },
    ...row,
  })
  if (!wire) throw new Error('the row has no id')
  return toAkamaiEnrollment(wire, akamaiContractOf())
}

const keysOf = ({ certificates }: AkamaiEnrollment) => certificates.map(({ id }) => parseGlobalId(id).key)
const slotsOf = ({ certificates }: AkamaiEnrollment) =>
  certificates.map(({ deployments }) => deployments.map(({ network, role }) => `${network} ${role}`))

describe('the identity of an Akamai certificate', () => {
  it('is its fingerprint in any notation, so that four slots are one certificate with four deployments', () => {
    const enrollment = enrollmentOf({
      production: {
        primaryCertificate: { sha256Fingerprint: one, serial: '1' },
        multiStackedCertificates: [{ sha256Fingerprint: one.replaceAll(/..(?=.)/g, '$&:') }],
      },
      staging: {
        primaryCertificate: { sha256Fingerprint: one, serial: '2' },
        multiStackedCertificates: [{ sha256Fingerprint: ` ${one} ` }],
      },
    })
    expect(keysOf(enrollment)).toEqual([['C-1', '7', one]])
    expect(slotsOf(enrollment)).toEqual([
      ['PRODUCTION PRIMARY', 'PRODUCTION MULTI_STACKED', 'STAGING PRIMARY', 'STAGING MULTI_STACKED'],
    ])
  })

  it('is its serial number and key algorithm when the fingerprint is missing', () => {
    const enrollment = enrollmentOf({
      production: {
        primaryCertificate: { serial: '00:A:0b', keyAlgorithm: 'RSA' },
        multiStackedCertificates: [{ serial: '0a0b', keyAlgorithm: 'ECDSA' }],
      },
      staging: { primaryCertificate: { serial: 'a0b', keyAlgorithm: 'RSA', sha256Fingerprint: null } },
    })
    expect(keysOf(enrollment)).toEqual([
      ['C-1', '7', '0a0b', 'RSA'],
      ['C-1', '7', '0a0b', 'ECDSA'],
    ])
    expect(slotsOf(enrollment)).toEqual([['PRODUCTION PRIMARY', 'STAGING PRIMARY'], ['PRODUCTION MULTI_STACKED']])
    expect(enrollment.certificates.flatMap(({ parseIssues }) => parseIssues)).toEqual([])
  })

  it('includes a slot without a fingerprint when its serial number is the same', () => {
    const enrollment = enrollmentOf({
      production: { primaryCertificate: { serial: '0a', keyAlgorithm: 'RSA' } },
      staging: { primaryCertificate: { serial: '0a', keyAlgorithm: 'RSA', sha256Fingerprint: one } },
    })
    expect(keysOf(enrollment)).toEqual([['C-1', '7', one]])
  })

  it('is its slot when both are missing or unreadable, with a parse issue', () => {
    const enrollment = enrollmentOf({
      production: {
        primaryCertificate: { expiry, serial: 'none', sha256Fingerprint: one.slice(1) },
        multiStackedCertificates: [{ expiry }, { expiry, keyAlgorithm: 'RSA' }],
      },
      staging: { primaryCertificate: { expiry } },
    })
    expect(keysOf(enrollment)).toEqual([
      ['C-1', '7', 'PRODUCTION', 'PRIMARY'],
      ['C-1', '7', 'PRODUCTION', 'MULTI_STACKED'],
      ['C-1', '7', 'PRODUCTION', 'MULTI_STACKED', '1'],
      ['C-1', '7', 'STAGING', 'PRIMARY'],
    ])
    const slotIssue = 'neither sha256Fingerprint nor serial: known by its slot alone'
    expect(enrollment.certificates.map(({ parseIssues }) => parseIssues)).toEqual([
      ['sha256Fingerprint: expected 64 hex digits', 'serial: expected hex digits', slotIssue],
      [slotIssue],
      [slotIssue],
      [slotIssue],
    ])
  })

  it('is different for two certificates that both lack identifying fields', () => {
    const primaryCertificate = { expiry, keyAlgorithm: 'RSA', serial: '', sha256Fingerprint: '' }
    const multiStackedCertificates = [{ ...primaryCertificate, keyAlgorithm: 'ECDSA' }]
    const enrollment = enrollmentOf({ production: { primaryCertificate, multiStackedCertificates } })
    expect(enrollment.certificates.map(({ x509 }) => x509?.keyAlgorithm)).toEqual(['RSA', 'ECDSA'])
  })

  it('does not depend on the configuration', () => {
    const row = enrollmentShape.parse({ id: 7, production: { primaryCertificate: { sha256Fingerprint: one } } })
    const ids = [akamaiContractOf(), akamaiContractOf({ accountId: 'other', switchKey: '1-A:1-B' })].map(
      (contract) => row && toAkamaiEnrollment(row, contract).certificates[0]?.id,
    )
    expect(ids[0]).toBe(ids[1])
  })
})

describe('an Akamai certificate', () => {
  it('is active on production, and not active on staging alone', () => {
    const { certificates } = enrollmentOf({
      production: { primaryCertificate: { sha256Fingerprint: one } },
      staging: {
        primaryCertificate: { sha256Fingerprint: one },
        multiStackedCertificates: [{ sha256Fingerprint: two }],
      },
    })
    expect(certificates.map(({ active }) => active)).toEqual([true, false])
  })

  it.each<[string, Network | string]>([
    ['production', 'live'],
    ['its certificate on production', { primaryCertificate: one }],
    ['a second certificate on production', { multiStackedCertificates: [7] }],
  ])('has an unknown active flag when %s cannot be read', (_, production) => {
    const { certificates } = enrollmentOf({ production, staging: { primaryCertificate: { sha256Fingerprint: one } } })
    expect(certificates.map(({ active }) => active)).toEqual([null])
  })

  it('combines the fields of all its slots', () => {
    const { certificates } = enrollmentOf({
      production: { primaryCertificate: { sha256Fingerprint: one, expiry: 'soon', serial: null, issuer: null } },
      staging: {
        primaryCertificate: {
          sha256Fingerprint: one,
          expiry,
          serial: '0A',
          issuer: 'CN=CA',
          keyAlgorithm: 'RSA',
        },
      },
    })
    expect(certificates).toMatchObject([
      {
        name: 'Shop.example',
        expiresAt: Date.parse(expiry),
        x509: {
          issuer: 'CN=CA',
          serialNumber: '0a',
          sha256Fingerprint: one,
          keyAlgorithm: 'RSA',
          signatureAlgorithm: null,
          subjectAltNames: ['shop.example'],
        },
        parseIssues: ['expiry: expected a date'],
      },
    ])
  })

  it.each([
    ['CN=CA, O=Trust, C=SE', 'CN=CA,O=Trust,C=SE'],
    ['CN=CA,O="Trust, Inc.",C=SE', 'CN=CA,O=Trust\\, Inc.,C=SE'],
    ['CN=CA,O=Trust\\, Inc.,C=SE', 'CN=CA,O=Trust\\, Inc.,C=SE'],
  ])('writes its issuer as in RFC 4514: %s', (issuer, formatted) => {
    const enrollment = enrollmentOf({ production: { primaryCertificate: { sha256Fingerprint: one, issuer } } })
    expect(firstOf(enrollment.certificates).x509?.issuer).toBe(formatted)
  })

  it('lists each issue of its enrollment once', () => {
    const primaryCertificate = { sha256Fingerprint: one, issuer: 5 }
    const { certificates } = enrollmentOf({
      certificateType: 5,
      production: { primaryCertificate },
      staging: { primaryCertificate },
    })
    expect(firstOf(certificates).parseIssues).toEqual([
      'certificateType: expected a string',
      'issuer: expected a string',
    ])
  })
})
