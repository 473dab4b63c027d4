import { describe, expect, it } from '@jest/globals'
import { toEnrollmentList } from '../../../src/providers/akamai/enrollment-details.ts'
import { respondEnrollments } from '../../../src/providers/akamai/sandbox/enrollments.ts'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import {
  enrollmentDetailsShape,
  parseEnrollments,
  type WireEnrollmentDetails,
} from '../../../src/providers/akamai/wire.ts'
import { parseRows } from '../../../src/providers/shape.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { completeRows, type Rows } from '../../../src/upstream/cache/reading.ts'
import { parseReading, serializeReading } from '../../../src/upstream/redis/serialization.ts'
import { createManualClock } from '../../support/manual-clock.ts'

async function listOf(rows: Rows) {
  const parsing = { toItem: (row: WireEnrollmentDetails) => row }
  const { items, unreadable } = await parseRows(rows, enrollmentDetailsShape, parsing, endlessTimeSlice)
  return toEnrollmentList(items, unreadable)
}

const emptyDetails = {
  ra: null,
  validationType: null,
  autoRenewalStartTime: null,
  networkConfiguration: null,
  issues: [],
}
const emptyNetwork = {
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

describe('enrollmentDetailsShape', () => {
  it.each<[object, string]>([
    [{ id: 204_118 }, '204118'],
    [{ id: '204118' }, '204118'],
    [{ id: null, location: '/cps-api/enrollments/204118' }, '204118'],
    [{ location: '204118' }, '204118'],
    [{ id: '7', location: '/cps-api/enrollments/8' }, '7'],
  ])('reads the id of %j as text', (row, id) =>
    expect(enrollmentDetailsShape.parse(row)).toEqual({ ...emptyDetails, id }),
  )

  it.each([null, 7, [], {}, { id: '' }, { id: null, location: null }, { location: '/cps-api/enrollments/' }])(
    'rejects a row without an id: %j',
    (row) => expect(enrollmentDetailsShape.parse(row)).toBeNull(),
  )

  it.each<[string, object]>([
    ['missing', {}],
    ['null', { dnsNameSettings: null, clientMutualAuthentication: null, disallowedTlsVersions: null }],
    ['empty', { dnsNameSettings: {} }],
  ])('returns null for members of the network that are %s', (_, networkConfiguration) => {
    expect(enrollmentDetailsShape.parse({ id: 7, networkConfiguration })).toEqual({
      ...emptyDetails,
      id: '7',
      networkConfiguration: emptyNetwork,
    })
  })

  it('reads client mutual authentication', () => {
    const read = (clientMutualAuthentication: object) =>
      enrollmentDetailsShape.parse({ id: 7, networkConfiguration: { clientMutualAuthentication } })
        ?.networkConfiguration?.clientMutualAuthentication
    const authenticationOptions = { ocsp: { enabled: true }, sendCaListToClient: false }
    expect(read({ setId: '5', authenticationOptions })).toEqual({ setId: '5', authenticationOptions })
    const empty = { setId: null, authenticationOptions: { ocsp: { enabled: null }, sendCaListToClient: null } }
    expect(read({})).toEqual(empty)
    expect(read({ authenticationOptions: null })).toEqual(empty)
    expect(read({ authenticationOptions: { ocsp: null } })).toEqual(empty)
  })

  it.each([
    ['2030-02-01T00:00:00Z', '2030-02-01T00:00:00.000Z'],
    ['2030-02-01 06:30:00', '2030-02-01T06:30:00.000Z'],
    ['2030-02-01', '2030-02-01T00:00:00.000Z'],
  ])('reads the start of the renewal %s', (autoRenewalStartTime, moment) => {
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
  ])('keeps the row when a member is invalid: %s', (issue, member) => {
    expect(enrollmentDetailsShape.parse({ id: 7, ...member })).toMatchObject({ id: '7', issues: [issue] })
  })

  it('counts rows without an id as unreadable', async () => {
    const { details, unreadableRows } = await listOf(completeRows([{ id: 7, ra: 'symantec' }, { ra: 'symantec' }, 'x']))
    expect([...details.keys()]).toEqual(['7'])
    expect(unreadableRows).toBe(2)
  })

  it('shares with replicas every member that is parsed, and no contacts', async () => {
    const { state, close } = await startAkamaiSandbox({ now: () => Date.parse('2030-01-01T00:00:00Z') })
    await close()
    const responses = state.accounts.flatMap(({ contracts }) => contracts.map(respondEnrollments))
    const rows = responses.flatMap(({ body }) => [...parseEnrollments(body)])
    const text = serializeReading(
      { asOf: 1, startedAt: 0, readAt: 0, bytes: 0, rows: completeRows(rows) },
      enrollmentDetailsShape.fields,
    )
    expect(JSON.stringify(rows)).toContain('certificate-desk')
    expect(text).not.toMatch(/certificate-desk|Contact|Quay|555|"org/)
    const shared = parseReading({ asOf: 1, body: text }, createManualClock())?.rows
    expect(await listOf(shared ?? completeRows([]))).toEqual(await listOf(completeRows(rows)))
  })
})
