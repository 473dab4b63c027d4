import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage } from '../support/certificate-pages.ts'
import { allEmulatedCertificates, type EmulatedCertificate } from '../support/emulated-certificates.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { countBy, labelOfPlace, statisticsOf, tableOf } from '../support/statistics-answer.ts'

const day = 86_400_000

describe('statistics', () => {
  let stack: Stack
  let now: number
  beforeAll(async () => {
    stack = await startStack({ limits: false })
    now = stack.clock.now()
  })
  afterAll(() => stack.close())

  const held = () => allEmulatedCertificates(stack)
  const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0)
  const statusOf = ({ expiresAt, expired }: EmulatedCertificate) => {
    if (expiresAt === null) return expired ? 'EXPIRED' : 'UNKNOWN'
    if (expiresAt <= now) return 'EXPIRED'
    if (expiresAt - now <= 14 * day) return 'CRITICAL'
    return expiresAt - now <= 30 * day ? 'WARNING' : 'OK'
  }

  it('count every certificate of every place', async () => {
    const statistics = await statisticsOf(stack)
    const all = held()
    expect(statistics).toMatchObject({ total: all.length, complete: true, fresh: true, duplicates: [] })
    expect(tableOf(statistics.byProvider)).toEqual(countBy(all, ({ provider }) => provider))
    expect(tableOf(statistics.byExpiryStatus)).toEqual(countBy(all, statusOf))
    expect(tableOf(statistics.byPlace, labelOfPlace)).toEqual(countBy(all, ({ place }) => place))
    expect(tableOf(statistics.byKeyAlgorithm)).toEqual(countBy(all, ({ keyAlgorithm }) => String(keyAlgorithm)))
    for (const group of ['byProvider', 'byExpiryStatus', 'byPlace', 'byKeyAlgorithm'] as const) {
      expect({ group, sum: sum(statistics[group]) }).toEqual({ group, sum: all.length })
    }
    // Every status and every key algorithm occurs.
    expect(statistics.byExpiryStatus).toHaveLength(5)
    expect(statistics.byKeyAlgorithm).toHaveLength(3)
  })

  it('have a stable order: alphabetical, places as in certificatePlaces, unknown last', async () => {
    const { byProvider, byExpiryStatus, byPlace, byKeyAlgorithm } = await statisticsOf(stack)
    expect(byProvider.map(({ key }) => key)).toEqual(['AKAMAI', 'LIVEPERSON', 'OPENAI'])
    expect(byExpiryStatus.map(({ key }) => key)).toEqual(['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING'])
    expect(byKeyAlgorithm.map(({ key }) => key)).toEqual(['ECDSA', 'RSA', null])
    const { data } = await stack.ask<{ certificatePlaces: { nodes: { id: string }[] } }>(
      '{ certificatePlaces(first: 100) { nodes { id } } }',
    )
    const ids = data.certificatePlaces.nodes
      .map(({ id }) => id)
      .filter((id) => byPlace.some(({ key }) => key.id === id))
    expect(byPlace.map(({ key }) => key.id)).toEqual(ids)
    expect(ids).toHaveLength(5)
  })

  it('count by month of expiry for 24 months from the current one', async () => {
    const { byExpiryMonth } = await statisticsOf(stack)
    expect(byExpiryMonth).toHaveLength(24)
    expect([byExpiryMonth[0]?.key, byExpiryMonth[12]?.key, byExpiryMonth[23]?.key]).toEqual([
      '2030-01-01',
      '2031-01-01',
      '2031-12-01',
    ])
    const dated = held().flatMap(({ expiresAt }) => expiresAt ?? [])
    const within = dated.filter((at) => at >= Date.UTC(2030, 0) && at < Date.UTC(2032, 0))
    expect(within.length).toBeLessThan(dated.length)
    expect(tableOf(byExpiryMonth.filter(({ count }) => count > 0))).toEqual(
      countBy(within, (at) => `${new Date(at).toISOString().slice(0, 7)}-01`),
    )
  })

  it('report on the places like the list', async () => {
    const { sources, complete, fresh } = await statisticsOf(stack)
    const { data } = await stack.ask<{ certificates: object }>(
      `{ certificates { complete fresh sources {
        place { id provider } kind status certificateCount error { code message httpStatus retryAfterSeconds }
      } } }`,
    )
    expect({ sources, complete, fresh }).toEqual(data.certificates)
    expect(sources.length).toBeGreaterThan(5)
  })

  it.each([
    {},
    { providers: ['AKAMAI', 'LIVEPERSON'] },
    { active: true },
    { active: false, includeDeleted: true },
    { expiryStatuses: ['EXPIRED', 'UNKNOWN'] },
    { expiresWithin: 'P30D', excludeUnknownExpiry: true },
    { expiresAfter: '2030-02-01T00:00:00Z' },
    { nameContains: 'clearberth' },
    { issuerContains: 'bluequay' },
    { nameContains: 'no such name' },
  ])('with %j count the certificates of the list with the same filter', async (filter) => {
    const statistics = await statisticsOf(stack, filter)
    const { nodes, totalCount } = await certificatePage(stack, { first: 100, filter })
    expect(statistics.total).toBe(totalCount)
    expect(tableOf(statistics.byProvider)).toEqual(countBy(nodes, ({ provider }) => provider))
    expect(sum(statistics.byExpiryStatus)).toBe(totalCount)
    const months = statistics.byExpiryMonth.map(({ key }) => key.slice(0, 7))
    const listed = nodes.flatMap(({ expiresAt }) => expiresAt?.slice(0, 7) ?? [])
    expect(sum(statistics.byExpiryMonth)).toBe(listed.filter((month) => months.includes(month)).length)
  })

  it('count a certificate of overlapping places once, for the place that holds it', async () => {
    const organization = firstOf(stack.openai.state.organizations)
    const { data } = await stack.ask<{ certificatePlaces: { nodes: { id: string; name: string }[] } }>(
      '{ certificatePlaces(first: 100, providers: [OPENAI]) { nodes { id name } } }',
    )
    const project = organization.projects.find(({ certificates }) => certificates.length > 1)
    const idOf = (name: string | undefined) => data.certificatePlaces.nodes.find((place) => place.name === name)?.id
    const named = [idOf(project?.name), idOf(organization.name)]
    for (const placeIds of [named, named.toReversed()]) {
      const { total, byPlace } = await statisticsOf(stack, { placeIds })
      expect(total).toBe(organization.certificates.length)
      expect(tableOf(byPlace, labelOfPlace)).toEqual({ [organization.name]: total })
    }
    const alone = await statisticsOf(stack, { placeIds: named.slice(0, 1) })
    expect(tableOf(alone.byPlace, labelOfPlace)).toEqual({ [organization.name]: project?.certificates.length })
  })

  it.each([
    [{ providers: [] }, 'BAD_USER_INPUT'],
    [{ placeIds: ['no sense'] }, 'BAD_USER_INPUT'],
    [{ placeIds: ['no_sense'] }, 'NOT_CONFIGURED'],
    [{ serialNumber: 'xyz' }, 'BAD_USER_INPUT'],
    [{ placeIds: [Buffer.from('AkamaiContract:C-OTHER').toString('base64')] }, 'NOT_CONFIGURED'],
  ])('are null with an error for the filter %j', async (filter, code) => {
    const { data, errors } = await stack.ask(
      'query ($filter: CertificateFilter) { certificateStatistics(filter: $filter) { total } }',
      { filter },
    )
    expect(data).toEqual({ certificateStatistics: null })
    expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['certificateStatistics'], code],
    ])
  })
})

describe('the months of statistics', () => {
  let stack: Stack
  const ends = [
    Date.UTC(2030, 11, 31, 23, 59, 59, 999),
    Date.UTC(2031, 0, 1),
    Date.UTC(2031, 0, 31, 23, 59, 59, 999),
    Date.UTC(2032, 11, 31, 23, 59, 59, 999),
    Date.UTC(2033, 0, 1),
  ]
  beforeAll(async () => {
    stack = await startStack({
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 0 },
        akamai: { contractsPerAccount: 1, enrollmentsPerContract: 0 },
        liveperson: { accounts: 1, certificatesPerAccount: ends.length },
      },
      configure: (file) => ({ ...file, server: { answers: { storeFor: '0s' } } }),
    })
    for (const [index, certificate] of firstOf(stack.liveperson.state.accounts).certificates.entries()) {
      certificate.expirationDate = new Date(ends[index] ?? 0).toISOString()
    }
  })
  afterAll(() => stack.close())

  const counted = async () => tableOf((await statisticsOf(stack)).byExpiryMonth.filter(({ count }) => count > 0))

  it('are relative to the time of the operation, up to the last millisecond of the year', async () => {
    stack.clock.advance(Date.UTC(2030, 11, 31, 23, 59, 59, 999) - stack.clock.now())
    expect(await counted()).toEqual({ '2030-12-01': 1, '2031-01-01': 2 })
  })

  it('change with the next month', async () => {
    stack.clock.advance(1)
    expect(await counted()).toEqual({ '2031-01-01': 2, '2032-12-01': 1 })
    const { total, byExpiryStatus } = await statisticsOf(stack)
    // Certificates that expired in this month count in it.
    expect({ total, byExpiryStatus: tableOf(byExpiryStatus) }).toEqual({
      total: 5,
      byExpiryStatus: { EXPIRED: 2, OK: 3 },
    })
  })
})
