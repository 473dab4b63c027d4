import { describe, expect, it } from '@jest/globals'
import {
  enrollmentShape,
  parseAccountSwitchKeys,
  parseContractIdentifiers,
  parseEnrollments,
  parseError,
} from '../../../src/providers/akamai/wire.ts'

const emptyNetwork = {
  unreadable: 0,
  primaryCertificate: null,
  multiStackedCertificates: [],
  networkConfiguration: {
    dnsNames: null,
    geography: null,
    secureNetwork: null,
    sniOnly: null,
    quicEnabled: null,
    ocspStapling: null,
    disallowedTlsVersions: null,
  },
}

const emptyCertificate = {
  expiry: null,
  issuer: null,
  keyAlgorithm: null,
  serial: null,
  sha256Fingerprint: null,
  signatureAlgorithm: null,
  issues: [],
}

const emptyEnrollment = {
  id: '7',
  certificateType: null,
  csr: { cn: null, sans: null },
  pendingChanges: [],
  issues: [],
}

describe('enrollmentShape', () => {
  it.each<[unknown, string]>([
    [204_118, '204118'],
    ['204118', '204118'],
    ['0204118', '0204118'],
  ])('reads the id %p as text', (id, text) => expect(enrollmentShape.parse({ id })?.id).toBe(text))

  it.each([null, 7, '7', [7], {}, { id: null }, { id: '' }, { id: false }])(
    'rejects a row without an id: %j',
    (value) => {
      expect(enrollmentShape.parse(value)).toBeNull()
    },
  )

  it.each<[string, object]>([
    ['no members', {}],
    ['members that are null', { csr: null, pendingChanges: null, production: null, staging: null }],
    ['members that are empty', { csr: {}, pendingChanges: [], production: {}, staging: {} }],
    [
      'empty certificates',
      {
        production: { primaryCertificate: null, multiStackedCertificates: null, networkConfiguration: null },
        staging: { primaryCertificate: {}, multiStackedCertificates: [], networkConfiguration: {} },
      },
    ],
    [
      'certificates of nulls',
      {
        production: { primaryCertificate: { expiry: null, serial: null, sha256Fingerprint: null } },
        staging: { multiStackedCertificates: [{ expiry: null }, null] },
      },
    ],
    [
      'certificates of empty strings',
      {
        production: {
          primaryCertificate: { expiry: '', issuer: '', keyAlgorithm: '', serial: '', sha256Fingerprint: '' },
        },
        staging: { primaryCertificate: { expiry: null, serial: '' } },
      },
    ],
  ])('reads %s as nothing deployed, without an issue', (_, members) => {
    expect(enrollmentShape.parse({ id: 7, ...members })).toMatchObject({
      ...emptyEnrollment,
      production: emptyNetwork,
      staging: emptyNetwork,
    })
  })

  it('reads certificates, networks and pending changes', () => {
    const networkConfiguration = {
      dnsNames: ['a.example'],
      geography: 'core',
      secureNetwork: 'enhanced-tls',
      sniOnly: true,
      quicEnabled: false,
      ocspStapling: 'not-set',
      disallowedTlsVersions: ['TLSv1'],
    }
    const certificate = {
      issuer: 'CN=CA',
      keyAlgorithm: 'RSA',
      serial: '0a:0b',
      sha256Fingerprint: 'AA:BB',
      signatureAlgorithm: null,
    }
    const change = { changeType: 'renewal', location: '/cps/v2/enrollments/7/changes/8' }
    const row = enrollmentShape.parse({
      id: 7,
      certificateType: 'san',
      csr: { cn: 'A.example', sans: ['a.example'] },
      pendingChanges: [change, { changeType: null }],
      production: {
        primaryCertificate: { ...certificate, expiry: '2030-01-31T23:59:59z' },
        multiStackedCertificates: [{ keyAlgorithm: 'ECDSA' }],
        networkConfiguration: { ...networkConfiguration, fipsMode: false },
      },
    })
    expect(row).toEqual({
      id: '7',
      certificateType: 'san',
      csr: { cn: 'A.example', sans: ['a.example'] },
      pendingChanges: [change, { changeType: null, location: null }],
      production: expect.objectContaining({
        primaryCertificate: { ...certificate, expiry: Date.parse('2030-01-31T23:59:59Z'), issues: [] },
        multiStackedCertificates: [{ ...emptyCertificate, keyAlgorithm: 'ECDSA' }],
        networkConfiguration,
      }),
      staging: expect.objectContaining(emptyNetwork),
      issues: [],
    })
  })

  it.each<[string, object]>([
    ['certificateType: expected a string', { certificateType: 5 }],
    ['csr: expected an object', { csr: 'cn' }],
    ['csr.cn: expected a string', { csr: { cn: ['a'] } }],
    ['csr.sans: expected a list of strings', { csr: { sans: 'a.example' } }],
    ['pendingChanges: expected a list', { pendingChanges: 'null' }],
    ['pendingChanges[0]: expected an object', { pendingChanges: ['renewal'] }],
    ['pendingChanges[0].changeType: expected a string', { pendingChanges: [{ changeType: 5 }] }],
    ['production.networkConfiguration: expected an object', { production: { networkConfiguration: [] } }],
    [
      'staging.networkConfiguration.ocspStapling: expected a string',
      { staging: { networkConfiguration: { ocspStapling: true } } },
    ],
    [
      'staging.networkConfiguration.sniOnly: expected true or false',
      { staging: { networkConfiguration: { sniOnly: 'false' } } },
    ],
  ])('keeps the row when a member is invalid: %s', (issue, member) => {
    expect(enrollmentShape.parse({ id: 7, ...member })).toMatchObject({ id: '7', issues: [issue] })
  })

  it.each<[number, unknown]>([
    [0, null],
    [0, { primaryCertificate: null, multiStackedCertificates: [null, {}] }],
    [1, 'live'],
    [1, []],
    [1, { primaryCertificate: 'AA:BB' }],
    [2, { multiStackedCertificates: ['AA:BB', 7, null] }],
    [1, { multiStackedCertificates: 'AA:BB' }],
  ])('counts %d unreadable certificates on the network %j', (unreadable, network) => {
    const row = enrollmentShape.parse({ id: 7, production: network })
    expect([row?.production.unreadable, row?.staging.unreadable]).toEqual([unreadable, 0])
    expect(enrollmentShape.parse({ id: 7, staging: network })?.staging.unreadable).toBe(unreadable)
  })
})

it.each([null, [], 'x', {}, { enrollments: null }, { enrollments: {} }])('parseEnrollments rejects %j', (body) => {
  expect(() => parseEnrollments(body)).toThrow()
})

it('parseContractIdentifiers accepts only a list', () => {
  expect(parseContractIdentifiers(['C-1'])).toEqual(['C-1'])
  for (const body of [null, 'C-1', {}, { contracts: [] }]) expect(() => parseContractIdentifiers(body)).toThrow()
})

it.each([
  null,
  {},
  'x',
  [null],
  ['1-ABC'],
  [{}],
  [{ accountName: 'A' }],
  [{ accountName: 'A', accountSwitchKey: '' }],
  [{ accountName: 5, accountSwitchKey: '1-ABC' }],
])('parseAccountSwitchKeys accepts a list of names and keys, and rejects %j', (body) => {
  expect(() => parseAccountSwitchKeys(body)).toThrow()
  expect(parseAccountSwitchKeys([{ accountName: 'A', accountSwitchKey: '1-ABC', more: 1 }])).toEqual([
    { accountName: 'A', accountSwitchKey: '1-ABC' },
  ])
})

describe('parseError', () => {
  it('joins the title and the detail', () => {
    expect(parseError({ title: 'Forbidden', detail: 'No grant', status: 403 })).toEqual({
      message: 'Forbidden: No grant',
    })
    expect(parseError({ title: 'Forbidden', detail: null })).toEqual({ message: 'Forbidden' })
    for (const body of [null, 'test', [], {}, { title: 5, detail: {} }]) expect(parseError(body)).toEqual({})
  })

  it.each([
    ['You used up the quota. Retry after: 21 seconds.', 21],
    ['Retry after 1 second', 1],
    ['retry after:60 seconds', 60],
  ])('reads the delay from the detail: %s', (detail, retryAfterSeconds) => {
    expect(parseError({ detail })).toEqual({ message: detail, retryAfterSeconds })
  })
})
