import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Deployed {
  [member: string]: unknown
}

interface Network {
  primaryCertificate: Deployed
  [member: string]: unknown
}

interface Row {
  id: unknown
  production: Network
  staging: Network
  [member: string]: unknown
}

interface Answer {
  akamaiContract: {
    certificates: {
      nodes: {
        commonName: string | null
        active: boolean | null
        expiresAt: string | null
        expiryStatus: string
        serialNumber: string | null
        sha256Fingerprint: string | null
        issuer: string | null
        renewalPending: boolean
        parseIssues: string[]
        deployments: { network: string; ocspStapling: string | null; sniOnly: boolean | null }[]
      }[]
    }
    enrollments: { totalCount: number }
    source: { status: string; certificateCount: number; unreadableRows: number }
  }
  certificates: { complete: boolean }
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterEach(() => expireReadings(stack))
afterAll(() => stack.close())

/** Reads a contract with rows that are made from one that is deployed to both networks. */
async function readRows(toRows: (row: Row) => unknown[]) {
  rewriteAnswers<{ enrollments: Row[] }>(stack.akamai.emulator, '/active-certificates', ({ enrollments: [row] }) => ({
    enrollments: row && toRows(row),
  }))
  const { data, errors } = await stack.ask<Answer>(`{
    akamaiContract(id: "C-1BQ7FR8") {
      certificates { nodes {
        active expiresAt expiryStatus serialNumber sha256Fingerprint issuer parseIssues
        ... on AkamaiCertificate { commonName renewalPending deployments { network ocspStapling sniOnly } }
      } }
      enrollments { totalCount }
      source { status certificateCount unreadableRows }
    }
    certificates(filter: { providers: [AKAMAI] }) { complete }
  }`)
  expect(errors).toBeUndefined()
  const { certificates, enrollments, source } = data.akamaiContract
  expect(source.status).toBe('OK')
  const { nodes } = certificates
  return {
    nodes,
    enrollments: enrollments.totalCount,
    unreadableRows: source.unreadableRows,
    complete: data.certificates.complete,
  }
}

const onBothNetworks = (row: Row, change: (network: Network) => object) => ({
  ...row,
  production: { ...row.production, ...change(row.production) },
  staging: { ...row.staging, ...change(row.staging) },
})
const withCertificate = (change: object) => (row: Row) => [
  onBothNetworks(row, ({ primaryCertificate }) => ({ primaryCertificate: { ...primaryCertificate, ...change } })),
]
const withNetwork = (change: object) => (row: Row) => [
  onBothNetworks(row, ({ networkConfiguration }) => ({
    networkConfiguration: Object.assign({}, networkConfiguration, change),
  })),
]

describe('a row of Akamai’s list', () => {
  it.each<[string, (row: Row) => unknown[], object]>([
    [
      'expiry: expected a date',
      withCertificate({ expiry: '31/12/2030' }),
      { expiresAt: null, expiryStatus: 'UNKNOWN' },
    ],
    ['expiry: expected a date', withCertificate({ expiry: '2030-02-30T00:00:00Z' }), { expiresAt: null }],
    ['issuer: expected a string', withCertificate({ issuer: { cn: 'CA' } }), { issuer: null }],
    ['serial: expected hex digits', withCertificate({ serial: 'xyz' }), { serialNumber: null }],
    ['serial: expected a string', withCertificate({ serial: 12 }), { serialNumber: null }],
    [
      'sha256Fingerprint: expected 64 hex digits',
      withCertificate({ sha256Fingerprint: 'AB:CD' }),
      { sha256Fingerprint: null, serialNumber: expect.any(String) },
    ],
    ['csr: expected an object', (row) => [{ ...row, csr: 'none' }], { commonName: null }],
    ['pendingChanges: expected a list', (row) => [{ ...row, pendingChanges: 'renewal' }], { renewalPending: false }],
    ['pendingChanges[0]: expected an object', (row) => [{ ...row, pendingChanges: [7] }], { renewalPending: false }],
    [
      'production.networkConfiguration.ocspStapling: expected a string',
      withNetwork({ ocspStapling: true }),
      {
        deployments: [expect.objectContaining({ ocspStapling: null }), expect.objectContaining({ ocspStapling: null })],
      },
    ],
    ['production.networkConfiguration.sniOnly: expected true or false', withNetwork({ sniOnly: 'false' }), {}],
    ['production.networkConfiguration.dnsNames: expected a list of strings', withNetwork({ dnsNames: [null] }), {}],
  ])('is returned with a parse issue, and the list is complete: %s', async (issue, toRows, expected) => {
    const { nodes, complete } = await readRows(toRows)
    expect(nodes).toMatchObject([{ active: true, ...expected }])
    expect(nodes[0]?.parseIssues).toContain(issue)
    expect(complete).toBe(true)
  })

  it('is one certificate in four slots when only its serial number is readable', async () => {
    const { nodes } = await readRows((row) => [
      onBothNetworks(row, () => ({
        primaryCertificate: { serial: '00:aa', sha256Fingerprint: 5, expiry: [], keyAlgorithm: 'RSA' },
        multiStackedCertificates: [{ serial: 'AA', sha256Fingerprint: null, keyAlgorithm: 'RSA' }],
        networkConfiguration: null,
      })),
    ])
    expect(nodes).toMatchObject([
      {
        serialNumber: 'aa',
        parseIssues: ['sha256Fingerprint: expected a string', 'expiry: expected a date'].toSorted(),
      },
    ])
    expect(nodes[0]?.deployments.map(({ network }) => network)).toHaveLength(4)
  })

  it('counts a slot without a valid certificate as unreadable', async () => {
    const { nodes, enrollments, unreadableRows, complete } = await readRows((row) => [
      { ...row, staging: 'off' },
      { ...row, id: 2, production: { primaryCertificate: 'gone', multiStackedCertificates: [null, 7] }, staging: null },
    ])
    expect([nodes.length, enrollments, unreadableRows, complete]).toEqual([1, 2, 3, false])
  })

  it('leaves the active flag unknown when production could not be read', async () => {
    const { nodes, complete } = await readRows((row) => [{ ...row, production: 'garbage' }])
    expect(nodes).toMatchObject([{ active: null, deployments: [{ network: 'STAGING' }] }])
    expect(complete).toBe(false)
  })
})

describe('a new enrollment', () => {
  const empty = { expiry: '', issuer: '', keyAlgorithm: '', serial: '', sha256Fingerprint: '', signatureAlgorithm: '' }
  const nulls = Object.fromEntries(Object.keys(empty).map((member) => [member, null]))

  it.each<[string, object]>([
    ['null for its networks', { production: null, staging: null }],
    ['no networks', { production: undefined, staging: undefined }],
    ['empty networks', { production: {}, staging: {} }],
    [
      'networks without certificates',
      { production: { primaryCertificate: null, multiStackedCertificates: null }, staging: null },
    ],
    ['certificates of nulls', { production: { primaryCertificate: nulls }, staging: { primaryCertificate: {} } }],
    [
      'certificates of empty strings',
      { production: { primaryCertificate: empty }, staging: { multiStackedCertificates: [empty] } },
    ],
    [
      'null for everything',
      { csr: null, pendingChanges: null, certificateType: null, production: null, staging: null },
    ],
  ])('has no certificate and no parse issue with %s', async (_, members) => {
    const { nodes, enrollments, unreadableRows, complete } = await readRows((row) => [{ ...row, ...members }])
    expect(nodes).toEqual([])
    expect([enrollments, unreadableRows, complete]).toEqual([1, 0, true])
  })
})
