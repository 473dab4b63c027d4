import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import { type CertificateFilter, createRowTest, createX509Test } from '../../src/catalog/filter.ts'
import { noX509Details } from '../../src/catalog/x509.ts'

const now = Date.UTC(2030, 0, 1)
const day = 86_400_000
const thresholds = { critical: 14 * day, warning: 30 * day }

const plain: Certificate = {
  __typename: 'AcmeCertificate',
  id: 'id',
  provider: 'ACME',
  name: 'Gateway',
  active: true,
  createdAt: null,
  validFrom: null,
  expiresAt: now + 20 * day,
  declaredExpired: false,
  deleted: false,
  place: { id: 'here', provider: 'ACME', __typename: 'AcmeAccount', vendorId: 'here' },
  x509: {},
  parseIssues: [],
}

const passes = (filter: CertificateFilter, row: Partial<Certificate>) =>
  createRowTest(filter, now, thresholds)?.({ ...plain, ...row }) ?? true

describe('createRowTest', () => {
  it.each<[CertificateFilter, Partial<Certificate>, boolean]>([
    [{}, { active: null, expiresAt: null, name: null, deleted: null }, true],
    [{}, { deleted: true }, false],
    [{ includeDeleted: true }, { deleted: true }, true],
    [{ includeDeleted: false }, { deleted: null }, true],
    [{ active: true }, { active: true }, true],
    [{ active: true }, { active: null }, true],
    [{ active: true }, { active: false }, false],
    [{ active: false }, { active: false }, true],
    [{ active: false }, { active: null }, false],
    [{ active: null }, { active: false }, true],
    [{ expiryStatuses: ['WARNING'] }, {}, true],
    [{ expiryStatuses: ['OK', 'CRITICAL'] }, {}, false],
    [{ expiryStatuses: ['UNKNOWN'] }, { expiresAt: null }, true],
    [{ expiryStatuses: ['EXPIRED'] }, { expiresAt: null, declaredExpired: true }, true],
    [{ expiresBefore: now + 20 * day }, {}, false],
    [{ expiresBefore: now + 20 * day + 1 }, {}, true],
    [{ expiresAfter: now + 20 * day }, {}, false],
    [{ expiresAfter: now + 20 * day - 1 }, {}, true],
    [{ expiresWithin: 20 * day }, {}, true],
    [{ expiresWithin: 20 * day - 1 }, {}, false],
    [{ expiresWithin: 0 }, { expiresAt: now - 900 * day }, true],
    [{ expiresWithin: 0, excludeUnknownExpiry: true }, { expiresAt: null, declaredExpired: true }, true],
    [{ expiresWithin: 0 }, { declaredExpired: true }, false],
    [{ expiringUncovered: 20 * day }, {}, true],
    [{ expiringUncovered: 20 * day - 1 }, {}, false],
    [{ expiringUncovered: 0 }, { expiresAt: now - 900 * day }, true],
    [{ expiringUncovered: 0, excludeUnknownExpiry: true }, { expiresAt: null, declaredExpired: true }, true],
    [{ expiringUncovered: day }, { expiresAt: null }, true],
    [{ expiringUncovered: day, excludeUnknownExpiry: true }, { expiresAt: null }, false],
    [{ expiringUncovered: 20 * day, expiresWithin: day }, {}, false],
    [{ expiresBefore: now, excludeUnknownExpiry: false }, { expiresAt: null }, true],
    [{ expiresAfter: now, excludeUnknownExpiry: true }, { expiresAt: null }, false],
    [{ expiresWithin: day, excludeUnknownExpiry: true }, { expiresAt: null }, false],
    [{ expiresBefore: 0 }, {}, false],
  ])('for %j and a row with %j returns %p', (filter, row, expected) => {
    expect(passes(filter, row)).toBe(expected)
  })
})

describe('createX509Test', () => {
  const details = {
    ...noX509Details,
    issuer: 'CN=Root CA,O=Bluequay',
    serialNumber: '0a1b',
    sha256Fingerprint: 'f'.repeat(64),
    subjectAltNames: [
      'bücher.example',
      'xn--mnchen-3ya.example',
      '*.köln.example',
      'bluequay.example',
      '*.bluequay.example',
      '192.0.2.7',
      '2001:db8::1',
      'email:Chat@bluequay.example',
    ],
  }

  it('is null when the filter has no condition on X.509 fields', () => {
    expect(createX509Test({})).toBeNull()
    expect(createX509Test({ issuerContains: null, serialNumber: null, nameContains: 'a', active: true })).toBeNull()
  })

  it.each<[CertificateFilter, boolean]>([
    [{ issuerContains: 'root ca,o=BLUE' }, true],
    [{ issuerContains: 'leaf' }, false],
    [{ issuerContains: '' }, true],
    [{ serialNumber: '0a1b' }, true],
    [{ serialNumber: '0a1' }, false],
    [{ sha256Fingerprint: 'f'.repeat(64) }, true],
    [{ sha256Fingerprint: 'e'.repeat(64) }, false],
    [{ serialNumber: '0a1b', sha256Fingerprint: 'e'.repeat(64) }, false],
    [{ subjectAltName: 'bluequay.example' }, true],
    [{ subjectAltName: 'WWW.bluequay.EXAMPLE' }, true],
    [{ subjectAltName: '*.bluequay.example' }, true],
    [{ subjectAltName: 'a.www.bluequay.example' }, false],
    [{ subjectAltName: '.bluequay.example' }, false],
    [{ subjectAltName: 'wwwbluequay.example' }, false],
    [{ subjectAltName: 'example' }, false],
    [{ subjectAltName: 'bücher.example' }, true],
    [{ subjectAltName: 'BÜCHER.example' }, true],
    [{ subjectAltName: 'xn--bcher-kva.example' }, true],
    [{ subjectAltName: 'münchen.example' }, true],
    [{ subjectAltName: 'xn--mnchen-3ya.example' }, true],
    [{ subjectAltName: 'a.köln.example' }, true],
    [{ subjectAltName: 'a.xn--kln-sna.example' }, true],
    [{ subjectAltName: '' }, false],
    [{ subjectAltName: 'email:chat@BLUEQUAY.example' }, true],
    [{ subjectAltName: '192.0.2.7' }, true],
    [{ subjectAltName: '0.2.7' }, false],
    [{ subjectAltName: '2001:db8::1' }, true],
    [{ subjectAltName: '2001:0DB8:0:0:0:0:0:1' }, true],
    [{ subjectAltName: '2001:db8::2' }, false],
  ])('for %j returns %p', (filter, expected) => {
    expect(createX509Test(filter)?.accepts(details)).toBe(expected)
    // Unknown fields never match.
    expect(createX509Test(filter)?.accepts(noX509Details)).toBe(false)
  })

  it('treats a star as a wildcard only when it is the whole first label', () => {
    const covers = (name: string, host: string) =>
      createX509Test({ subjectAltName: host })?.accepts({ ...details, subjectAltNames: [name] })
    expect(covers('w*.bluequay.example', 'www.bluequay.example')).toBe(false)
    expect(covers('www.*.example', 'www.bluequay.example')).toBe(false)
    expect(covers('*', 'localhost')).toBe(false)
    expect(covers('*.*.example', 'www.bluequay.example')).toBe(false)
    expect(covers('*.www.bluequay.example', 'a.www.bluequay.example')).toBe(true)
  })
})
