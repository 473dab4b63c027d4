import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { certificateRejection } from '../../support/certificate-pages.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { allEmulatedCertificates } from '../../support/emulated-certificates.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import type { SourceAnswer } from '../../support/vendor-outage.ts'

const day = 86_400_000
const start = Date.UTC(2030, 0, 1)
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()

type Pending = 'modify-certificate' | 'modify-san' | 'new-certificate' | 'renewal' | null

/** Akamai's enrollments: expiry, pending changes and start of the automatic renewal, and whether the filter returns them. */
const rows: readonly (readonly [string, number | null, readonly Pending[], number | null, 'covered' | 'uncovered'])[] =
  [
    ['nothing set', 10 * day, [], null, 'uncovered'],
    ['ends as the time is over', 30 * day, [], null, 'uncovered'],
    ['renewal pending', 10 * day, ['renewal'], null, 'covered'],
    ['new certificate pending', 10 * day, ['new-certificate'], null, 'covered'],
    ['names pending', 10 * day, ['modify-san'], null, 'uncovered'],
    ['other change pending', 10 * day, ['modify-certificate'], null, 'uncovered'],
    ['nameless change pending', 10 * day, [null], null, 'uncovered'],
    ['renewal pending among others', 10 * day, ['renewal', 'modify-san'], null, 'covered'],
    ['renewed in time', 10 * day, [], 5 * day, 'covered'],
    ['renewed in time, though begun', 10 * day, [], -5 * day, 'covered'],
    ['renewed a second too early to tell', 10 * day, [], 10 * day - 1000, 'covered'],
    ['renewed as it ends', 10 * day, [], 10 * day, 'uncovered'],
    ['renewed too late', 10 * day, [], 11 * day, 'uncovered'],
    ['names pending, renewed in time', 10 * day, ['modify-san'], 5 * day, 'covered'],
    ['names pending, renewed too late', 10 * day, ['modify-san'], 11 * day, 'uncovered'],
    ['expired', -day, [], null, 'uncovered'],
    ['expired, renewal pending', -day, ['renewal'], null, 'covered'],
    ['expired, though renewal was set', -day, [], -5 * day, 'uncovered'],
    ['unknown end', null, [], null, 'uncovered'],
    ['unknown end, renewal set', null, [], 5 * day, 'uncovered'],
    ['unknown end, renewal pending', null, ['renewal'], null, 'covered'],
  ]
const far = ['far away', 30 * day + 1000, [], null, 'uncovered'] as const
const uncovered = rows.filter(([, , , , verdict]) => verdict === 'uncovered').map(([name]) => name)

interface Answer {
  readonly certificates: {
    readonly nodes: readonly { name: string; provider: string; parseIssues: string[] }[]
    readonly totalCount: number
    readonly complete: boolean
    readonly fresh: boolean
    readonly sources: readonly SourceAnswer[]
  }
  readonly certificateStatistics: {
    readonly total: number
    readonly complete: boolean
    readonly fresh: boolean
    readonly sources: readonly SourceAnswer[]
  }
}

const sources = `sources {
  place { id provider } kind status asOf certificateCount unreadableRows error { code message httpStatus retryAfterSeconds }
}`
const list = `certificates(first: 100, filter: $filter, maxStaleness: $maxStaleness) {
  nodes { name provider parseIssues } totalCount complete fresh ${sources}
}`
const statistics = `certificateStatistics(filter: $filter) { total complete fresh ${sources} }`

let stack: Stack
afterEach(() => stack.close())

async function ask(filter: object, maxStaleness?: string, fields = `${list} ${statistics}`) {
  const query = `query ($filter: CertificateFilter, $maxStaleness: Duration) { ${fields} }`
  const { data, errors } = await whileTimePasses(stack.clock, stack.ask<Answer>(query, { filter, maxStaleness }))
  expect(errors).toBeUndefined()
  return data
}
const enrollmentCalls = () => stack.callsTo('/cps/v2/enrollments?')
const contractsOf = () => firstOf(stack.akamai.state.accounts).contracts
const contractId = (index = 0) => contractsOf()[index]?.id ?? ''
const placeId = (index = 0) => Buffer.from(`AkamaiContract:${contractId(index)}`).toString('base64')
const failEnrollments = (index = 0) =>
  stack.akamai.emulator.fault({
    match: ({ path, query }) => path === '/cps/v2/enrollments' && query.get('contractId') === contractId(index),
    effect: { status: 403 },
  })

describe('a filter on expiringUncovered', () => {
  beforeEach(async () => {
    stack = await startStack({
      limits: false,
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 0 },
        akamai: { contractsPerAccount: 1, enrollmentsPerContract: rows.length + 1 },
        liveperson: { accounts: 1, certificatesPerAccount: 1 },
      },
    })
    const { enrollments } = firstOf(contractsOf())
    for (const [index, [commonName, ends, pending, renewsAt]] of [...rows, far].entries()) {
      const row = firstOf(enrollments.slice(index))
      const deployed = row.production && {
        ...row.production,
        primary: { ...row.production.primary, expiry: ends === null ? 'no date' : at(ends) },
      }
      enrollments[index] = {
        ...row,
        commonName,
        autoRenewalStartTime: renewsAt === null ? null : at(renewsAt),
        pendingChanges: pending.map((type, change) => ({ id: 10 * row.id + change, type })),
        production: deployed,
        staging: deployed,
      }
    }
    // Expired twenty days ago.
    firstOf(firstOf(stack.liveperson.state.accounts).certificates).name = 'at another vendor'
  })

  const namesUnder = async (filter: object) => {
    const { certificates, certificateStatistics } = await ask(filter)
    expect(certificates.totalCount).toBe(certificates.nodes.length)
    expect(certificateStatistics.total).toBe(certificates.totalCount)
    return certificates.nodes.map(({ name }) => name).toSorted()
  }

  it('returns certificates without a replacement, and all of the other vendors', async () => {
    expect(await namesUnder({ expiringUncovered: 'P30D' })).toEqual([...uncovered, 'at another vendor'].toSorted())
    expect(uncovered).toHaveLength(12)
  })

  it('looks ahead for the given time', async () => {
    const filter = { providers: ['AKAMAI'], excludeUnknownExpiry: true }
    expect(await namesUnder({ ...filter, expiringUncovered: 'PT0S' })).toEqual([
      'expired',
      'expired, though renewal was set',
    ])
    expect(await namesUnder({ ...filter, expiringUncovered: 'P31D' })).toContain('far away')
    stack.clock.advance(1000)
    expect(await namesUnder({ ...filter, expiringUncovered: 'P30D' })).toContain('far away')
  })

  it('includes unknown expiry by default', async () => {
    const known = uncovered.filter((name) => !name.startsWith('unknown'))
    const filter = { expiringUncovered: 'P30D', providers: ['AKAMAI'] }
    expect(await namesUnder({ ...filter, excludeUnknownExpiry: false })).toEqual(uncovered.toSorted())
    expect(await namesUnder({ ...filter, excludeUnknownExpiry: true })).toEqual(known.toSorted())
    expect(known).toHaveLength(uncovered.length - 2)
  })

  it('can be combined with all other conditions', async () => {
    expect(await namesUnder({ expiringUncovered: 'P30D', nameContains: 'NAMES' })).toEqual([
      'names pending',
      'names pending, renewed too late',
    ])
    expect(await namesUnder({ expiringUncovered: 'P30D', expiresWithin: 'PT0S', excludeUnknownExpiry: true })).toEqual([
      'at another vendor',
      'expired',
      'expired, though renewal was set',
    ])
    const issuer = { issuerContains: 'no such issuer' }
    expect(await namesUnder({ expiringUncovered: 'P30D', ...issuer })).toEqual([])
  })

  it('has no effect when it is null, and rejects an invalid duration', async () => {
    expect(await namesUnder({ expiringUncovered: null, providers: ['AKAMAI'] })).toHaveLength(rows.length + 1)
    expect(enrollmentCalls()).toEqual([])
    for (const expiringUncovered of ['P1M', '30d', 30]) {
      const { data, errors } = await certificateRejection(stack, { filter: { expiringUncovered } })
      expect({ data, codes: errors.map(({ code }) => code) }).toEqual({ data: null, codes: ['BAD_USER_INPUT'] })
    }
  })

  describe('while the enrollments cannot be read', () => {
    const issue = /^returned although its renewal could not be checked: .*403/

    it('returns every candidate with a parse issue, and is incomplete', async () => {
      failEnrollments()
      const { certificates, certificateStatistics } = await ask({ expiringUncovered: 'P30D', providers: ['AKAMAI'] })
      const beingReplaced = rows.filter(([, , pending]) =>
        pending.some((type) => type === 'renewal' || type === 'new-certificate'),
      )
      expect(certificates.totalCount).toBe(rows.length - beingReplaced.length)
      expect(certificateStatistics.total).toBe(certificates.totalCount)
      for (const { name, parseIssues } of certificates.nodes) {
        // Unknown expiry and expired certificates: the enrollments make no difference.
        const judged = name.startsWith('unknown end') || name.startsWith('expired')
        expect({ name, issues: parseIssues.filter((each) => issue.test(each)).length }).toEqual({
          name,
          issues: judged ? 0 : 1,
        })
      }
      for (const { complete, fresh, sources: report } of [certificates, certificateStatistics]) {
        expect({ complete, fresh }).toEqual({ complete: false, fresh: true })
        expect(report.filter(({ status }) => status !== 'OK')).toEqual([
          {
            place: { id: placeId(), provider: 'AKAMAI' },
            kind: 'ENROLLMENTS',
            status: 'FAILED',
            asOf: null,
            certificateCount: null,
            unreadableRows: 0,
            error: expect.objectContaining({ code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 }),
          },
        ])
      }
    })

    it('uses the stale enrollments, and is not fresh', async () => {
      const filter = { expiringUncovered: 'P29D', providers: ['AKAMAI'] }
      const before = await ask(filter)
      stack.clock.advance(beyondEveryTtl)
      failEnrollments()
      const { certificates, certificateStatistics } = await ask(filter)
      expect(certificates.nodes).toEqual(before.certificates.nodes)
      for (const { complete, fresh, sources: report } of [certificates, certificateStatistics]) {
        expect({ complete, fresh }).toEqual({ complete: true, fresh: false })
        expect(report.filter(({ status }) => status === 'STALE').map(({ kind }) => kind)).toEqual(['ENROLLMENTS'])
      }
    })

    it('returns a candidate whose enrollment may be among the unreadable rows', async () => {
      rewriteAnswers<{ enrollments: object[] }>(stack.akamai.emulator, '/cps/v2/enrollments', ({ enrollments }) => ({
        enrollments: enrollments.map((row, index) => (index === 8 ? null : row)),
      }))
      const filter = { expiringUncovered: 'P30D', providers: ['AKAMAI'], nameContains: 'renewed in time' }
      const { certificates, certificateStatistics } = await ask(filter)
      expect(certificates.nodes).toEqual([
        { name: 'renewed in time', provider: 'AKAMAI', parseIssues: [expect.stringMatching(/could be read$/)] },
      ])
      expect(certificateStatistics).toMatchObject({ total: 1, complete: false })
      expect(certificates.complete).toBe(false)
      expect(certificates.sources).toContainEqual(expect.objectContaining({ kind: 'ENROLLMENTS', unreadableRows: 1 }))
    })
  })

  it('returns a certificate whose enrollment is not listed', async () => {
    rewriteAnswers<{ enrollments: object[] }>(stack.akamai.emulator, '/cps/v2/enrollments', () => ({ enrollments: [] }))
    const { certificates } = await ask({ expiringUncovered: 'P30D', nameContains: 'renewed in time' })
    expect(certificates).toMatchObject({ totalCount: 3, complete: true })
    expect(certificates.nodes.flatMap(({ parseIssues }) => parseIssues)).toEqual([])
  })
})

describe('a filter on expiringUncovered, in calls,', () => {
  beforeEach(async () => {
    stack = await startStack({ limits: false })
  })

  it('agrees with the state of the emulators', async () => {
    const limit = stack.clock.now() + 60 * day
    const enrollments = contractsOf().flatMap((contract) =>
      contract.enrollments.map((row) => ({ ...row, place: contract.id })),
    )
    const expected = allEmulatedCertificates(stack).filter(({ provider, place, name, expiresAt }) => {
      if (expiresAt !== null && expiresAt > limit) return false
      if (provider !== 'AKAMAI') return true
      const { pendingChanges, autoRenewalStartTime } = firstOf(
        enrollments.filter((row) => row.place === place && row.commonName === name),
      )
      const replaced = pendingChanges?.some(({ type }) => type === 'renewal' || type === 'new-certificate') ?? false
      if (Number(expiresAt) <= stack.clock.now()) return !replaced
      return !replaced && !(autoRenewalStartTime !== null && Date.parse(autoRenewalStartTime) < Number(expiresAt))
    })
    const { certificates, certificateStatistics } = await ask({ expiringUncovered: 'P60D' })
    expect(certificates.nodes.map(({ name }) => name).toSorted()).toEqual(expected.map(({ name }) => name).toSorted())
    expect(certificateStatistics).toMatchObject({ total: expected.length, complete: true, fresh: true })
    expect(new Set(certificates.nodes.map(({ provider }) => provider)).size).toBe(3)
  })

  it('costs one call per contract with a candidate, also for concurrent queries', async () => {
    const filter = { expiringUncovered: 'P60D' }
    const more = '... on AkamaiCertificate { enrollment { validationType } }'
    const enrolled = `enrolled: certificates(first: 100) { nodes { ${more} } }`
    await ask(filter, undefined, `${list} ${statistics} ${enrolled}`)
    expect(
      enrollmentCalls()
        .map(({ query }) => query.get('contractId'))
        .toSorted(),
    ).toEqual(
      contractsOf()
        .map(({ id }) => id)
        .toSorted(),
    )
    expect(stack.callsTo('/active-certificates')).toHaveLength(2)
    // And none while the reading is fresh.
    await ask(filter)
    expect(enrollmentCalls()).toHaveLength(2)
  })

  it.each([
    ['every other filter', { expiresWithin: 'P60D', active: true, issuerContains: 'bluequay' }],
    ['a filter that leaves other vendors only', { expiringUncovered: 'P60D', providers: ['OPENAI', 'LIVEPERSON'] }],
    ['candidates that are being replaced', { expiringUncovered: 'P60D', nameContains: 'customs.' }],
    ['no candidate in time', { expiringUncovered: 'PT1H', nameContains: 'www.' }],
    ['no candidate with such an issuer', { expiringUncovered: 'P60D', issuerContains: 'no such issuer' }],
  ])('costs none with %s', async (_, filter) => {
    const { certificates } = await ask(filter)
    expect(enrollmentCalls()).toEqual([])
    expect(certificates.sources.map(({ kind }) => kind)).not.toContain('ENROLLMENTS')
  })

  it('costs no call for a contract without a candidate', async () => {
    const { certificates } = await ask({ expiringUncovered: 'P60D', nameContains: 'clearberth' })
    expect(enrollmentCalls().map(({ query }) => query.get('contractId'))).toEqual([contractId(1)])
    expect(certificates.sources.filter(({ kind }) => kind === 'ENROLLMENTS')).toEqual([
      expect.objectContaining({ place: { id: placeId(1), provider: 'AKAMAI' }, status: 'OK', certificateCount: null }),
    ])
  })

  it('tests the certificates of other contracts when the enrollments of one cannot be read', async () => {
    const filter = { expiringUncovered: 'P60D', providers: ['AKAMAI'] }
    const whole = (await ask(filter)).certificates
    await stack.close()
    stack = await startStack({ limits: false })
    failEnrollments(0)
    const { certificates } = await ask(filter)
    const judged = ({ nodes }: Answer['certificates']) =>
      nodes.filter(({ name }) => name.endsWith('clearberth.example')).map(({ name }) => name)
    expect(judged(certificates)).toEqual(judged(whole))
    expect(certificates.totalCount).toBeGreaterThan(whole.totalCount)
    expect(certificates.complete).toBe(false)
  })

  it('reads the enrollments again for maxStaleness: PT0S', async () => {
    const filter = { expiringUncovered: 'P60D' }
    await ask(filter)
    stack.clock.advance(30_000)
    await ask(filter, 'PT1M')
    expect(enrollmentCalls()).toHaveLength(2)
    await ask(filter, 'PT20S', list)
    expect(enrollmentCalls()).toHaveLength(4)
  })
})
