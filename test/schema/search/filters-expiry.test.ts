import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage, certificateRejection } from '../../support/certificate-pages.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const day = 86_400_000
const start = Date.UTC(2030, 0, 1)
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()

/** LivePerson's certificates: name, expiry and the vendor's status. */
const rows: readonly (readonly [name: string, ends: number | string | null, status?: string])[] = [
  ['long gone', -400 * day],
  ['just gone', -1],
  ['this moment', 0],
  ['next moment', 1],
  ['14 days', 14 * day],
  ['14 days and a bit', 14 * day + 1],
  ['30 days', 30 * day],
  ['30 days and a bit', 30 * day + 1],
  ['far', 4000 * day],
  ['undated', null],
  ['invalid date', 'when the leaves fall'],
  ['declared expired', null, 'Expired'],
  ['declared EXPIRED in capitals', null, 'EXPIRED'],
  ['declared expired, dated otherwise', 200 * day, 'expired'],
]
const names = rows.map(([name]) => name)
const unknown = ['undated', 'invalid date']
const declared = ['declared expired', 'declared EXPIRED in capitals']

describe('a filter on expiry', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 0 },
        akamai: { contractsPerAccount: 1, enrollmentsPerContract: 0 },
        liveperson: { accounts: 1, certificatesPerAccount: rows.length },
      },
      // A stored answer is up to a second behind the clock.
      configure: (file) => ({ ...file, server: { answers: { storeFor: '0s' } } }),
    })
    for (const [index, certificate] of (stack.liveperson.state.accounts[0]?.certificates ?? []).entries()) {
      const [name, ends, status = 'Available'] = rows[index] ?? ['', null]
      Object.assign(certificate, { name, status, expirationDate: typeof ends === 'number' ? at(ends) : ends })
    }
  })
  afterAll(() => stack.close())

  const listed = async (filter: object) =>
    (await certificatePage(stack, { first: 100, filter })).nodes.map(({ name }) => name ?? '').sort()
  const expectListed = async (filter: object, expected: readonly string[]) =>
    expect(await listed(filter)).toEqual([...expected].sort())

  it.each([
    ['EXPIRED', ['long gone', 'just gone', 'this moment', ...declared]],
    ['CRITICAL', ['next moment', '14 days']],
    ['WARNING', ['14 days and a bit', '30 days']],
    ['OK', ['30 days and a bit', 'far', 'declared expired, dated otherwise']],
    ['UNKNOWN', unknown],
  ])('on the status %s returns the certificates with it', async (status, expected) => {
    await expectListed({ expiryStatuses: [status] }, expected)
  })

  it('on several statuses returns certificates with any of them', async () => {
    await expectListed({ expiryStatuses: ['UNKNOWN', 'CRITICAL', 'UNKNOWN'] }, ['next moment', '14 days', ...unknown])
    await expectListed({ expiryStatuses: ['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING'] }, names)
  })

  it('on expiresBefore and expiresAfter excludes the time itself, and includes unknown expiry by default', async () => {
    const sure = { excludeUnknownExpiry: true }
    await expectListed({ ...sure, expiresBefore: at(0) }, ['long gone', 'just gone'])
    await expectListed({ ...sure, expiresAfter: at(30 * day) }, [
      '30 days and a bit',
      'far',
      'declared expired, dated otherwise',
    ])
    await expectListed({ ...sure, expiresAfter: at(0), expiresBefore: at(14 * day) }, ['next moment'])
    const passing = await listed({ expiresBefore: at(0) })
    expect(passing).toEqual(expect.arrayContaining(['long gone', 'just gone', ...unknown]))
    expect(passing).not.toContain('this moment')
  })

  it.each([
    ['PT0S', ['this moment']],
    ['PT0.001S', ['this moment', 'next moment']],
    ['P2W', ['this moment', 'next moment', '14 days']],
    ['P14DT0.001S', ['this moment', 'next moment', '14 days', '14 days and a bit']],
    ['PT720H', ['this moment', 'next moment', '14 days', '14 days and a bit', '30 days']],
  ])(
    'on expiresWithin %s returns certificates that expire by then or have expired, by date or status',
    async (expiresWithin, expected) => {
      const certain = ['long gone', 'just gone', ...declared, ...expected]
      await expectListed({ expiresWithin, excludeUnknownExpiry: true }, certain)
      await expectListed({ expiresWithin }, [...certain, ...unknown])
      await expectListed({ expiresWithin, excludeUnknownExpiry: false }, [...certain, ...unknown])
    },
  )

  it('on excludeUnknownExpiry alone, or with statuses, excludes no certificate', async () => {
    await expectListed({ excludeUnknownExpiry: true }, names)
    await expectListed({ excludeUnknownExpiry: true, expiryStatuses: ['UNKNOWN'] }, unknown)
  })

  it('is relative to the time of the operation, whatever the age of the reading', async () => {
    await expectListed({ expiryStatuses: ['CRITICAL'] }, ['next moment', '14 days'])
    const calls = stack.callsTo('/mtls').length
    stack.clock.advance(1)
    await expectListed({ expiryStatuses: ['CRITICAL'] }, ['14 days', '14 days and a bit'])
    await expectListed({ expiresWithin: 'PT0S', excludeUnknownExpiry: true, expiresAfter: at(-1) }, [
      'this moment',
      'next moment',
    ])
    expect(stack.callsTo('/mtls')).toHaveLength(calls)
  })

  it.each([
    'P1M',
    'P1Y',
    '-P1D',
    'P-1D',
    'P',
    'PT',
    'P1DT',
    '30d',
    'p30d',
    'P1.5D',
    ' P1D',
    'P1D ',
    '',
    86_400,
    null,
    ['P1D'],
  ])('rejects %j as a duration', async (expiresWithin) => {
    const { data, errors } = await certificateRejection(stack, { filter: { expiresWithin } })
    expect(errors.map(({ code }) => code)).toEqual(expiresWithin === null ? [] : ['BAD_USER_INPUT'])
    expect(data === null).toBe(expiresWithin !== null)
  })

  it.each(['2030-01-01', 'tomorrow', '2030-13-01T00:00:00Z', '2030-01-01T00:00:00'])(
    'rejects %j as a time',
    async (moment) => {
      for (const filter of [{ expiresBefore: moment }, { expiresAfter: moment }]) {
        const { data, errors } = await certificateRejection(stack, { filter })
        expect({ data, codes: errors.map(({ code }) => code) }).toEqual({ data: null, codes: ['BAD_USER_INPUT'] })
      }
    },
  )
})
