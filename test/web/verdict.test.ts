import { describe, expect, it } from '@jest/globals'
import { formatNumber } from '../../web/format.ts'
import type { OverviewQuery } from '../../web/generated/graphql.ts'
import { toVerdict, type VerdictBasis } from '../../web/verdict.ts'

type Statistics = NonNullable<OverviewQuery['certificateStatistics']>
type Source = Statistics['sources'][number]

const now = Date.parse('2026-11-29T12:00:00Z')
const minute = 60_000
const agoOf = (time: number) => new Date(now - time).toISOString()
const timeOf = (time: number) => new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(time)

const source = (changes: Partial<Source> = {}): Source => ({
  id: 'source-1',
  kind: 'CERTIFICATES',
  status: 'OK',
  asOf: agoOf(4 * minute),
  unreadableRows: 0,
  place: { __typename: 'AkamaiContract', id: 'place-1', provider: 'AKAMAI', label: 'C-1' },
  error: null,
  ...changes,
})
const unavailable = { code: 'UPSTREAM_UNAVAILABLE', message: 'Akamai answered 503' }

const statistics = (changes: Partial<Statistics> = {}): Statistics => ({
  total: 20,
  complete: true,
  fresh: true,
  incompleteReasons: [],
  byExpiryStatus: [{ key: 'OK', count: 20 }],
  byExpiryMonth: [],
  byProvider: [{ key: 'AKAMAI', count: 20 }],
  sources: [source()],
  ...changes,
})

const answerWith = (changes: Partial<Statistics> = {}, others: Partial<OverviewQuery> = {}): OverviewQuery => ({
  certificateStatistics: statistics(changes),
  lastExpired: { nodes: [] },
  next: { nodes: [] },
  certificateChanges: { recordedSince: null, nodes: [] },
  ...others,
})

const verdictOf = (answer: OverviewQuery | null, basis: Partial<VerdictBasis> = {}) => {
  const { kind, parts } = toVerdict({
    answer,
    receivedAt: answer === null ? null : now,
    now,
    openedAt: now,
    problem: null,
    clockSkew: 0,
    failingSince: new Map(),
    ...basis,
  })
  return { kind, text: parts.map(({ text }) => text).join('; '), links: parts.map(({ href }) => href) }
}

const next = (expiryStatus: 'CRITICAL' | 'WARNING', days: number) => ({
  id: 'certificate',
  provider: 'AKAMAI' as const,
  name: 'api',
  expiresAt: agoOf(-(days * 24 * 60 + 1) * minute),
  expiryStatus,
  owner: null,
  place: { id: 'place-1', label: 'C-1' },
})

describe('the verdict', () => {
  it('is all clear when every source was read and nothing needs attention', () => {
    const sources = Array.from({ length: 11 }, (_, index) => source({ asOf: agoOf((index % 4) * minute + minute) }))
    expect(verdictOf(answerWith({ sources }))).toEqual({
      kind: 'clear',
      text: 'All clear: 11 sources read, oldest 4 minutes ago',
      links: ['/sources'],
    })
  })

  it('is all clear with certificates that are in their warning time', () => {
    const byExpiryStatus = [{ key: 'WARNING' as const, count: 3 }]
    expect(verdictOf(answerWith({ byExpiryStatus })).kind).toBe('clear')
  })

  it('counts what is expired, critical and unknown, with links to the lists', () => {
    const answer = answerWith(
      {
        byExpiryStatus: [
          { key: 'CRITICAL', count: 1_234 },
          { key: 'EXPIRED', count: 2 },
          { key: 'UNKNOWN', count: 1 },
        ],
      },
      {
        lastExpired: { nodes: [{ id: 'certificate', expiresAt: agoOf(3 * 60 * minute) }] },
        next: { nodes: [next('CRITICAL', 9)] },
      },
    )
    expect(verdictOf(answer)).toEqual({
      kind: 'trouble',
      text: `2 certificates expired, the last one 3 hours ago; ${formatNumber(1_234)} critical, the next one expiring in 9 days; 1 of unknown expiry`,
      links: [
        '/certificates?expiryStatuses=EXPIRED',
        '/certificates?expiryStatuses=CRITICAL',
        '/certificates?expiryStatuses=UNKNOWN',
      ],
    })
  })

  it.each([
    ['EXPIRED', '1 certificate expired'],
    ['CRITICAL', '1 certificate critical'],
    ['UNKNOWN', '1 certificate of unknown expiry'],
  ] as const)('is not all clear with one certificate of the status %s and no date', (key, text) => {
    expect(verdictOf(answerWith({ byExpiryStatus: [{ key, count: 1 }] }))).toMatchObject({ kind: 'trouble', text })
  })

  it('says since when a stale source was not read, and why', () => {
    const stale = source({ status: 'STALE', asOf: agoOf(95 * minute), error: unavailable })
    expect(verdictOf(answerWith({ fresh: false, sources: [stale] }))).toEqual({
      kind: 'trouble',
      text: `Akamai CPS contract C-1 cannot be read since ${timeOf(now - 95 * minute)}: the vendor is not available`,
      links: ['/sources?providers=AKAMAI&statuses=STALE'],
    })
  })

  it('says since when at the latest a source fails that was never read', () => {
    const failed = source({ status: 'FAILED', asOf: null, error: unavailable })
    const answer = answerWith({ complete: false, sources: [failed], incompleteReasons: ['It could not be read.'] })
    expect(verdictOf(answer, { failingSince: new Map([['source-1', now - 7 * minute]]) }).text).toBe(
      `Akamai CPS contract C-1 cannot be read since ${timeOf(now - 7 * minute)} or earlier: the vendor is not available`,
    )
  })

  it('counts the failing sources of a vendor with the same error together, since the earliest of them', () => {
    const sources = [5, 30, 20].map((minutes, index) =>
      source({ id: `${index}`, status: 'STALE', asOf: agoOf(minutes * minute), error: unavailable }),
    )
    expect(verdictOf(answerWith({ fresh: false, sources })).text).toBe(
      `3 sources of Akamai CPS cannot be read since ${timeOf(now - 30 * minute)}: the vendor is not available`,
    )
  })

  it('describes two failures and counts the other sources', () => {
    const codes = ['UPSTREAM_TIMEOUT', 'UPSTREAM_FORBIDDEN', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']
    const sources = codes.map((code, index) =>
      source({ id: `${index}`, status: 'FAILED', asOf: null, error: { code, message: 'It failed' } }),
    )
    const { text, links } = verdictOf(answerWith({ complete: false, sources }))
    expect(links.at(-1)).toBe('/sources?statuses=FAILED')
    expect(text).toContain(': the vendor does not answer in time; ')
    expect(text).toContain(': the credential lacks a permission; 2 more sources cannot be read')
    expect(text).not.toMatch(/UPSTREAM_|not available/)
  })

  it('reports rows that could not be read', () => {
    const answer = answerWith({ complete: false, sources: [source({ unreadableRows: 2 })] })
    expect(verdictOf(answer)).toMatchObject({
      kind: 'trouble',
      text: '2 rows of Akamai CPS contract C-1 cannot be read',
    })
  })

  it('gives the reason of the server when no source explains what is missing', () => {
    const answer = answerWith({ complete: false, incompleteReasons: ['The place C-9 in your list exists nowhere.'] })
    expect(verdictOf(answer)).toMatchObject({ kind: 'trouble', text: 'The place C-9 in your list exists nowhere' })
  })

  it.each([
    ['incomplete', { complete: false }, 'The data is incomplete'],
    ['old', { fresh: false }, 'Some data is old'],
    ['of no source', { sources: [] }, 'No sources: no place is configured that you may see'],
  ])('is not all clear when the answer is %s without a reason', (_title, changes, text) => {
    expect(verdictOf(answerWith(changes))).toMatchObject({ kind: 'trouble', text })
  })

  it('is not all clear when the certificates could not be counted', () => {
    expect(verdictOf({ ...answerWith(), certificateStatistics: null }).kind).toBe('trouble')
  })

  it('is all clear for two minutes, and not connected after that', () => {
    expect(verdictOf(answerWith(), { receivedAt: now - 120_000 }).kind).toBe('clear')
    expect(verdictOf(answerWith(), { receivedAt: now - 120_001, openedAt: now - 120_001 })).toEqual({
      kind: 'disconnected',
      text: `Not connected since ${timeOf(now - 120_001)}`,
      links: [undefined],
    })
  })

  it('is not connected when there was no answer for two minutes', () => {
    expect(verdictOf(null, { openedAt: now - minute }).kind).toBe('loading')
    expect(verdictOf(null, { openedAt: now - 3 * minute }).kind).toBe('disconnected')
  })

  const day = 24 * 60 * minute
  it.each([
    ['the header is 10 minutes off', {}, {}, { clockSkew: -10 * minute }, '10 minutes'],
    ['the header is 320 days off', {}, {}, { clockSkew: 320 * day }, '10 months'],
    ['a reading is 59 days old', { sources: [source({ asOf: agoOf(59 * day) })] }, {}, {}, '59 days'],
    ['a reading is from the future', { sources: [source({ asOf: agoOf(-3 * day) })] }, {}, {}, '3 days'],
    ['a certificate has ended that is critical', {}, { next: { nodes: [next('CRITICAL', -7)] } }, {}, '6 days'],
    ['the first month is an earlier one', { byExpiryMonth: [{ key: '2026-09-01', count: 0 }] }, {}, {}, '59 days'],
    ['the first month is a later one', { byExpiryMonth: [{ key: '2026-12-01', count: 0 }] }, {}, {}, '36 hours'],
  ])('is not all clear when %s, because the clocks differ', (_title, changes, others, basis, length) => {
    expect(verdictOf(answerWith(changes, others), basis)).toMatchObject({
      kind: 'trouble',
      text: `The clocks of this computer and the server differ by ${length}`,
    })
  })

  it('is all clear while the clocks differ by no more than minutes', () => {
    const changes = {
      byExpiryMonth: [{ key: '2026-11-01', count: 0 }],
      sources: [source({ asOf: agoOf(-4 * minute) }), source({ asOf: agoOf(20 * 60 * minute) })],
    }
    expect(verdictOf(answerWith(changes), { clockSkew: 4 * minute }).kind).toBe('clear')
  })

  it('says that there are 0 certificates when each source is empty', () => {
    expect(verdictOf(answerWith({ total: 0, byExpiryStatus: [], byProvider: [] })).text).toBe(
      'All clear: 0 certificates, 1 source read, oldest 4 minutes ago',
    )
  })

  it('is not known while an old answer of a view that was left is replaced', () => {
    const left = { receivedAt: now - 10 * minute, openedAt: now - minute }
    expect(verdictOf(answerWith(), left).kind).toBe('loading')
    expect(verdictOf(answerWith(), { ...left, problem: 'The server does not answer' }).kind).toBe('disconnected')
    expect(verdictOf(answerWith(), { ...left, openedAt: now - 3 * minute }).kind).toBe('disconnected')
  })

  it('says why there is no answer', () => {
    const problem = 'The server does not answer'
    expect(verdictOf(null, { problem })).toEqual({ kind: 'disconnected', text: problem, links: [undefined] })
  })

  it('keeps the last answer when a refresh fails', () => {
    expect(verdictOf(answerWith(), { receivedAt: now - minute, problem: 'The server does not answer' }).kind).toBe(
      'clear',
    )
  })

  it('keeps its topics while only times move on, so that it is not announced again', () => {
    const topicsAt = (time: number) =>
      toVerdict({
        answer: answerWith({ byExpiryStatus: [{ key: 'EXPIRED', count: 1 }] }),
        receivedAt: time,
        now: time,
        openedAt: now,
        problem: null,
        clockSkew: 0,
        failingSince: new Map(),
      }).parts.map(({ topic }) => topic)
    expect(topicsAt(now + 40 * minute)).toEqual(topicsAt(now))
  })
})
