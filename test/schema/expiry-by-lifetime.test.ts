import { afterEach, describe, expect, it } from '@jest/globals'
import { buildCertificate, utcTime } from '../support/build-certificate.ts'
import { firstOf } from '../support/rewriting.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'
import { tableOf } from '../support/statistics-answer.ts'

const day = 86_400_000
/** Days of validity, and with how many days left a certificate becomes WARNING and CRITICAL. */
const lifetimes: readonly (readonly [days: number, warning: number, critical: number])[] = [
  [6, 2, 1],
  [47, 47 / 3, 47 / 6],
  [90, 30, 14],
  [200, 30, 14],
  [730, 30, 14],
]

interface Node {
  readonly name: string
  readonly expiryStatus: string
}

/** The content of a certificate with these dates. */
function toPem(validFrom: number, expiresAt: number): string {
  const toTime = (time: number) =>
    utcTime(
      new Date(time)
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2),
    )
  const content = buildCertificate({ notBefore: toTime(validFrom), notAfter: toTime(expiresAt) }).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----\n`
}

let stack: Stack
afterEach(() => stack.close())

/** The organization has one certificate for each lifetime, and one whose start is not in the list. All expire at that moment. */
async function start(expiresAt: number, { storeFor = '0s', configure = (file: SandboxFile): object => file } = {}) {
  stack = await startStack({
    limits: false,
    // The moments of a test are within one reading.
    configure: (file) =>
      configure({ ...file, upstream: { ttl: '20d' }, server: { answers: { storeFor } } } as SandboxFile),
  })
  const { certificates } = firstOf(stack.openai.state.organizations)
  const [model] = certificates.splice(0)
  if (!model) throw new Error('the sandbox has no certificate')
  for (const [days] of [...lifetimes, [null]]) {
    const validFrom = expiresAt - (days ?? 365) * day
    certificates.push({
      ...model,
      id: `cert_${days}`,
      name: `${days}`,
      pem: toPem(validFrom, expiresAt),
      validAt: days === null ? null : validFrom / 1000,
      expiresAt: expiresAt / 1000,
    })
  }
}

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await stack.ask<Data>(query, variables)
  expect(errors).toBeUndefined()
  return data
}

/** The status of each certificate, by its name. */
async function statuses(more = ''): Promise<Record<string, string>> {
  const { certificates } = await ask<{ certificates: { nodes: Node[] } }>(
    `{ certificates(first: 100, filter: { providers: [OPENAI] }) { nodes { name expiryStatus ${more} } } }`,
  )
  return Object.fromEntries(certificates.nodes.map(({ name, expiryStatus }) => [name, expiryStatus]))
}

function expectedAt(left: number): Record<string, string> {
  const byDays: (typeof lifetimes)[number] = [0, 30, 14]
  const entries = [...lifetimes.map((each) => [`${each[0]}`, each] as const), ['null', byDays] as const]
  return Object.fromEntries(
    entries.map(([name, [, warning, critical]]) => {
      if (left <= 0) return [name, 'EXPIRED']
      if (left <= critical * day) return [name, 'CRITICAL']
      return [name, left <= warning * day ? 'WARNING' : 'OK']
    }),
  )
}

/** Milliseconds left around each edge, in the order of time. */
const moments = [...new Set([0, ...lifetimes.flatMap(([, warning, critical]) => [warning, critical])])]
  .flatMap((days) => [Math.floor(days * day) + 1, Math.floor(days * day)])
  .sort((a, b) => b - a)

describe('expiryStatus', () => {
  it('is by the smaller of the days and the share of the lifetime, in nodes, filters and counts alike', async () => {
    const begin = Date.parse('2030-01-01T00:00:00Z')
    const expiresAt = begin + 31 * day
    await start(expiresAt)
    stack.clock.advance(begin - stack.clock.now())
    for (const left of moments) {
      stack.clock.advance(expiresAt - left - stack.clock.now())
      const expected = expectedAt(left)
      expect({ left, statuses: await statuses() }).toEqual({ left, statuses: expected })
      for (const status of ['CRITICAL', 'EXPIRED', 'OK', 'WARNING']) {
        const named = Object.keys(expected).filter((name) => expected[name] === status)
        // On the orders of the catalogue, with another condition on the expiry, and on each row.
        for (const more of [{}, { expiresWithin: 'P400D' }, { active: true, expiresBefore: '2031-01-01T00:00:00Z' }]) {
          const filter = { providers: ['OPENAI'], expiryStatuses: [status], ...more }
          const found = await ask<{
            up: { nodes: Node[]; totalCount: number }
            down: { nodes: Node[] }
            byName: { nodes: Node[]; totalCount: number }
            certificateStatistics: { total: number }
          }>(
            `query ($filter: CertificateFilter) {
              up: certificates(filter: $filter) { nodes { name } totalCount }
              down: certificates(filter: $filter, orderBy: { field: EXPIRES_AT, direction: DESC }) { nodes { name } }
              byName: certificates(filter: $filter, orderBy: { field: NAME, direction: ASC }) { nodes { name } totalCount }
              certificateStatistics(filter: $filter) { total }
            }`,
            { filter },
          )
          for (const { nodes } of [found.up, found.down, found.byName])
            expect({ left, filter, names: nodes.map(({ name }) => name).sort() }).toEqual({
              left,
              filter,
              names: [...named].sort(),
            })
          expect([found.up.totalCount, found.byName.totalCount, found.certificateStatistics.total]).toEqual(
            Array.from({ length: 3 }, () => named.length),
          )
        }
      }
      const { certificateStatistics } = await ask<{
        certificateStatistics: { byExpiryStatus: { key: string; count: number }[] }
      }>('{ certificateStatistics(filter: { providers: [OPENAI] }) { byExpiryStatus { key count } } }')
      const counts: Record<string, number> = {}
      for (const status of Object.values(expected)) counts[status] = (counts[status] ?? 0) + 1
      expect({ left, counts: tableOf(certificateStatistics.byExpiryStatus) }).toEqual({ left, counts })
    }
    // Most moments are within one reading: its rows are the same, and only the time has moved.
    expect(stack.openai.emulator.calls.length).toBeLessThanOrEqual(2)
  })

  it('does not depend on what else is selected, or was parsed before', async () => {
    const left = 10 * day
    const now = Date.parse('2030-01-01T00:00:00Z')
    await start(now + left)
    stack.clock.advance(now - stack.clock.now())
    const before = await statuses()
    expect(before).toEqual(expectedAt(left))
    // The certificate without a start in the list has one in its PEM.
    const calls = stack.callsTo('include').length
    expect(await statuses('subject keySize x509Issues validFrom lifetimeRemaining')).toEqual(before)
    expect(stack.callsTo('include').length).toBeGreaterThan(calls)
    expect(await statuses()).toEqual(before)
    expect(before['null']).toBe('CRITICAL')
  })

  it('is at most a second old in a stored answer', async () => {
    const now = Date.parse('2030-01-01T00:00:00Z')
    await start(now + 2 * day + 1, { storeFor: '1s' })
    stack.clock.advance(now - stack.clock.now())
    expect(await statuses()).toMatchObject({ 6: 'OK', 47: 'CRITICAL' })
    stack.clock.advance(1_000)
    expect(await statuses()).toMatchObject({ 6: 'WARNING', 47: 'CRITICAL' })
  })

  it('has other thresholds for a vendor', async () => {
    const now = Date.parse('2030-01-01T00:00:00Z')
    const expiry = { openai: { warning: '180d', lifetime: 'none' }, akamai: { critical: '1s', warning: '1s' } }
    await start(now + 20 * day, { configure: (file) => ({ ...file, expiry }) })
    stack.clock.advance(now - stack.clock.now())
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['WARNING']))
    const { certificateStatistics, warnings } = await ask<{
      certificateStatistics: { byExpiryStatus: { key: string; count: number }[] }
      warnings: { totalCount: number; nodes: { provider: string }[] }
    }>(`{
      certificateStatistics(filter: { providers: [OPENAI] }) { byExpiryStatus { key count } }
      warnings: certificates(first: 100, filter: { expiryStatuses: [WARNING] }) { totalCount nodes { provider } }
    }`)
    expect(tableOf(certificateStatistics.byExpiryStatus)).toEqual({ WARNING: 6 })
    expect(warnings.nodes.filter(({ provider }) => provider === 'AKAMAI')).toEqual([])
    expect(warnings.totalCount).toBe(warnings.nodes.length)
  })
})
