import { describe, expect, it } from '@jest/globals'
import { toEnrollmentList } from '../../../src/providers/akamai/enrollment-details.ts'
import { respondEnrollments } from '../../../src/providers/akamai/sandbox/enrollments.ts'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import { enrollmentDetailsShape, parseAccountSwitchKeys, parseEnrollments } from '../../../src/providers/akamai/wire.ts'
import { parseDeployment } from '../../../src/providers/akamai/wire-network.ts'
import { parseRows } from '../../../src/providers/shape.ts'
import { completeRows, type Rows } from '../../../src/upstream/cache/reading.ts'
import { parseReading, serializeReading } from '../../../src/upstream/redis/serialization.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function listOf(rows: Rows) {
  const { items, unreadable } = parseRows(rows, enrollmentDetailsShape)
  return toEnrollmentList(items, unreadable)
}

const silent = { ra: null, validationType: null, autoRenewalStartTime: null, networkConfiguration: null, issues: [] }
const silentNetwork = {
  geography: null,
  secureNetwork: null,
  sniOnly: null,
  quicEnabled: null,
  ocspStapling: null,
  disallowedTlsVersions: null,
  mustHaveCiphers: null,
  preferredCiphers: null,
  dnsNameSettings: { cloneDnsNames: null, dnsNames: null },
  clientMutualAuthentication: null,
}

describe('an enrollment as it was asked for', () => {
  it.each<[object, string]>([
    [{ id: 204_118 }, '204118'],
    [{ id: '204118' }, '204118'],
    [{ id: null, location: '/cps-api/enrollments/204118' }, '204118'],
    [{ location: '204118' }, '204118'],
    [{ id: '7', location: '/cps-api/enrollments/8' }, '7'],
  ])('has its id as text: %j', (row, id) => expect(enrollmentDetailsShape.parse(row)).toEqual({ ...silent, id }))

  it.each([null, 7, [], {}, { id: '' }, { id: null, location: null }, { location: '/cps-api/enrollments/' }])(
    'is none without an id: %j',
    (row) => expect(enrollmentDetailsShape.parse(row)).toBeNull(),
  )

  it.each<[string, object]>([
    ['missing', {}],
    ['null', { dnsNameSettings: null, clientMutualAuthentication: null, disallowedTlsVersions: null }],
    ['empty', { dnsNameSettings: {} }],
  ])('says nothing where members of its network are %s', (_, networkConfiguration) => {
    expect(enrollmentDetailsShape.parse({ id: 7, networkConfiguration })).toEqual({
      ...silent,
      id: '7',
      networkConfiguration: silentNetwork,
    })
  })

  it('tells how clients prove who they are', () => {
    const told = (clientMutualAuthentication: object) =>
      enrollmentDetailsShape.parse({ id: 7, networkConfiguration: { clientMutualAuthentication } })
        ?.networkConfiguration?.clientMutualAuthentication
    const authenticationOptions = { ocsp: { enabled: true }, sendCaListToClient: false }
    expect(told({ setId: '5', authenticationOptions })).toEqual({ setId: '5', authenticationOptions })
    const nothing = { setId: null, authenticationOptions: { ocsp: { enabled: null }, sendCaListToClient: null } }
    expect(told({})).toEqual(nothing)
    expect(told({ authenticationOptions: null })).toEqual(nothing)
    expect(told({ authenticationOptions: { ocsp: null } })).toEqual(nothing)
  })

  it.each([
    ['2030-02-01T00:00:00Z', '2030-02-01T00:00:00.000Z'],
    ['2030-02-01 06:30:00', '2030-02-01T06:30:00.000Z'],
    ['2030-02-01', '2030-02-01T00:00:00.000Z'],
  ])('may write the start of its renewal as %s', (autoRenewalStartTime, moment) => {
    expect(enrollmentDetailsShape.parse({ id: 7, autoRenewalStartTime })?.autoRenewalStartTime).toBe(Date.parse(moment))
  })

  it.each<[string, object]>([
    ['ra: expected a string', { ra: 5 }],
    ['validationType: expected a string', { validationType: ['dv'] }],
    ['autoRenewalStartTime: expected a date', { autoRenewalStartTime: 'soon' }],
    ['networkConfiguration: expected an object', { networkConfiguration: 'core' }],
    ['networkConfiguration.ocspStapling: expected a string', { networkConfiguration: { ocspStapling: true } }],
    ['networkConfiguration.dnsNameSettings: expected an object', { networkConfiguration: { dnsNameSettings: [] } }],
    [
      'networkConfiguration.dnsNameSettings.dnsNames: expected a list of strings',
      { networkConfiguration: { dnsNameSettings: { dnsNames: 'a' } } },
    ],
    [
      'networkConfiguration.clientMutualAuthentication: expected an object',
      { networkConfiguration: { clientMutualAuthentication: true } },
    ],
  ])('stays when a member makes no sense: %s', (issue, member) => {
    expect(enrollmentDetailsShape.parse({ id: 7, ...member })).toMatchObject({ id: '7', issues: [issue] })
  })

  it('is counted when it cannot be told from others', () => {
    const { details, unreadableRows } = listOf(completeRows([{ id: 7, ra: 'symantec' }, { ra: 'symantec' }, 'x']))
    expect([...details.keys()]).toEqual(['7'])
    expect(unreadableRows).toBe(2)
  })

  it('is handed to other replicas without its contacts, and with all that is read of it', async () => {
    const { state, close } = await startAkamaiSandbox({ now: () => Date.parse('2030-01-01T00:00:00Z') })
    await close()
    const answers = state.accounts.flatMap(({ contracts }) => contracts.map(respondEnrollments))
    const rows = answers.flatMap(({ body }) => [...parseEnrollments(body)])
    const text = serializeReading(
      { asOf: 1, startedAt: 0, readAt: 0, rows: completeRows(rows) },
      enrollmentDetailsShape.fields,
    )
    expect(JSON.stringify(rows)).toContain('certificate-desk')
    expect(text).not.toMatch(/certificate-desk|Contact|Quay|555|"org/)
    const handedOn = parseReading(text, createManualClock())?.rows
    expect(listOf(handedOn ?? completeRows([]))).toEqual(listOf(completeRows(rows)))
  })
})

describe('a deployment', () => {
  const certificate = { certificate: 'PEM', trustChain: 'PEMs', keyAlgorithm: 'RSA' }

  it('has a primary certificate and those stacked on it', () => {
    const deployment = { primaryCertificate: certificate, multiStackedCertificates: [{ ...certificate, expiry: 'x' }] }
    expect(parseDeployment(deployment)).toEqual({
      primaryCertificate: certificate,
      multiStackedCertificates: [certificate],
      unreadable: 0,
    })
  })

  it.each([
    { primaryCertificate: null },
    { multiStackedCertificates: null },
    { primaryCertificate: null, multiStackedCertificates: [null] },
  ])('may have nothing in it: %j', (body) => {
    expect(parseDeployment(body)).toEqual({ primaryCertificate: null, multiStackedCertificates: [], unreadable: 0 })
  })

  it('may be silent about the PEM', () => {
    const { primaryCertificate } = parseDeployment({ primaryCertificate: { certificate: '', trustChain: null } })
    expect(primaryCertificate).toEqual({ certificate: null, trustChain: null, keyAlgorithm: null })
  })

  it.each<[number, object]>([
    [1, { primaryCertificate: 'PEM' }],
    [1, { primaryCertificate: null, multiStackedCertificates: 'PEM' }],
    [2, { primaryCertificate: [], multiStackedCertificates: [7, null, {}] }],
  ])('has %d unreadable of what could have been certificates: %j', (unreadable, body) => {
    expect(parseDeployment(body).unreadable).toBe(unreadable)
  })

  it.each([null, [], 'PEM', {}, { networkConfiguration: {} }])('is none in %j', (body) => {
    expect(() => parseDeployment(body)).toThrow()
  })
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
])('account switch keys are a list of names and keys, and %j is none', (body) => {
  expect(() => parseAccountSwitchKeys(body)).toThrow()
  expect(parseAccountSwitchKeys([{ accountName: 'A', accountSwitchKey: '1-ABC', more: 1 }])).toEqual([
    { accountName: 'A', accountSwitchKey: '1-ABC' },
  ])
})
