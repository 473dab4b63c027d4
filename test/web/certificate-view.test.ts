import { describe, expect, it } from '@jest/globals'
import { toAutomaticNote, toCoverage, toCoverageFilter } from '../../web/certificate-coverage.ts'
import {
  type CertificateDetail,
  toActivation,
  toEffect,
  toEffectTitle,
  toServedNames,
} from '../../web/certificate-effect.ts'
import { type Change, type HistoryPage, toHistory } from '../../web/certificate-history.ts'
import { toRunbookHref } from '../../web/runbook.ts'

describe('whether a certificate has a replacement', () => {
  const certificate = { name: 'api', expiresAt: '2026-12-01T00:00:00.000Z', place: { id: 'C-1' } }
  const list = (ids: string[], changes = {}) => ({
    complete: true,
    totalCount: ids.length,
    nodes: ids.map((id) => ({ id })),
    ...changes,
  })

  it('is looked up by its place, name and expiry, deleted ones included', () => {
    expect(toCoverageFilter(certificate)).toEqual({
      placeIds: ['C-1'],
      expiringUncovered: 'P100000000D',
      includeDeleted: true,
      nameContains: 'api',
      expiresAfter: '2026-11-30T23:59:59.999Z',
      expiresBefore: '2026-12-01T00:00:00.001Z',
    })
    expect(toCoverageFilter({ ...certificate, name: null, expiresAt: null })).toEqual({
      placeIds: ['C-1'],
      expiringUncovered: 'P100000000D',
      includeDeleted: true,
    })
  })

  it('does not promise an automatic renewal whose start has passed', () => {
    const start = Date.UTC(2026, 9, 30, 12)
    expect(toAutomaticNote(start, start - 1, 'covered')).toMatch(/^Automatic from .*30/)
    expect(toAutomaticNote(start, start, 'covered')).toMatch(/^Automatic since .*30/)
    expect(toAutomaticNote(start, start, 'not covered')).toMatch(/^Was due on .*30.*, not seen$/)
  })

  it('is unknown when the list could not be read, or does not have all of its rows', () => {
    expect(toCoverage(list(['a']), 'a')).toBe('not covered')
    expect(toCoverage(list(['b']), 'a')).toBe('covered')
    expect(toCoverage(null, 'a')).toBe('unknown')
    expect(toCoverage(undefined, 'a')).toBe('unknown')
    expect(toCoverage(list(['a'], { complete: false }), 'a')).toBe('unknown')
    expect(toCoverage(list([], { complete: false }), 'a')).toBe('unknown')
    expect(toCoverage(list(['b'], { totalCount: 101 }), 'a')).toBe('unknown')
  })
})

describe('what stops working', () => {
  const place = { label: 'C-1' }
  const akamai = (changes: object) =>
    ({ __typename: 'AkamaiCertificate', place, subjectAltNames: ['san'], deployments: [], ...changes }) as never
  const deployment = (network: string, dnsNames: string[] | null) => ({ network, dnsNames, role: 'PRIMARY' })

  const openai = (active: boolean) => ({ __typename: 'OpenAICertificate', place, active }) as CertificateDetail
  const projects = (flags: (boolean | null)[], lastActiveIn: object[] | null = [{ id: 'p' }], all = flags.length) => {
    const list = { totalCount: all, edges: flags.map((active) => ({ active })) }
    return { __typename: 'OpenAICertificate', lastActiveIn, projects: list } as never
  }

  it('are the names that Akamai serves in production, each counted once', () => {
    const deployments = [
      deployment('PRODUCTION', ['b', 'a']),
      deployment('PRODUCTION', ['a']),
      deployment('STAGING', ['c']),
    ]
    expect(toServedNames(deployments, 'PRODUCTION')).toEqual(['a', 'b'])
    const effect = toEffect(akamai({ deployments }), undefined)
    expect(effect?.names).toEqual(['a', 'b'])
    expect(effect?.counts.map(({ count }) => count)).toEqual([2, 2, 1])
    expect(effect?.sentence).toMatch(/fail for clients of 2 names/)
  })

  it('are the names of the certificate when a network does not report them', () => {
    expect(toEffect(akamai({ deployments: [deployment('PRODUCTION', null)] }), undefined)?.names).toEqual(['san'])
  })

  it('says that the names are unknown when neither the networks nor the list of the vendor report them', () => {
    const unreported = akamai({ subjectAltNames: null, deployments: [deployment('PRODUCTION', null)] })
    const effect = toEffect(unreported, undefined)
    expect(effect?.sentence).toMatch(/fail for clients of its names, which are unknown, unless/)
    expect(effect?.counts.map(({ count }) => count)).toEqual(['unknown', 1, 0])
    expect(effect?.names).toEqual([])
  })

  it('is the staging network for a certificate that is not in production', () => {
    const effect = toEffect(akamai({ deployments: [deployment('STAGING', ['a'])] }), undefined)
    expect(effect?.sentence).toMatch(/^It is not in production/)
  })

  it('are the callers of the projects in which OpenAI has it activated', () => {
    expect(toEffect(openai(true), projects([true, true]))?.sentence).toMatch(/callers of C-1 and all of its projects/)
    expect(toEffect(openai(false), projects([true, true]))?.sentence).toMatch(/callers of 2 projects/)
    expect(toEffect(openai(false), projects([]))?.sentence).toMatch(/^It is active nowhere/)
    expect(toEffect(openai(false), projects([true, true]))?.counts.map(({ count }) => count)).toEqual([2, 1])
    expect(toEffect(openai(false), undefined)?.counts.map(({ count }) => count)).toEqual(['loading', 'loading'])
    const unread = toEffect(openai(false), null)
    expect(unread?.counts.map(({ count }) => count)).toEqual(['unknown', 'unknown'])
    expect(unread?.sentence).toMatch(/the projects of C-1 in which it is active/)
  })

  it('does not count a project that could not be read, and says how many these are', () => {
    const none = toEffect(openai(false), projects([null, null, null], null))
    expect(none?.counts.map(({ count, nouns }) => [count, nouns[1]])).toEqual([
      ['unknown', 'projects with it activated'],
      [3, 'projects that could not be read'],
      ['unknown', 'places where it is the only active one'],
    ])
    expect(none?.sentence).toMatch(/callers of the projects of C-1 in which it is active/)
    const some = toEffect(openai(false), projects([true, null]))
    expect(some?.counts.map(({ count }) => count)).toEqual([1, 1, 1])
    expect(some?.sentence).toMatch(/callers of at least 1 project /)
    expect(toActivation(projects([true, null], [], 150))).toEqual({ activated: 1, unknown: 149 })
  })

  it('is in the past once the certificate has expired', () => {
    expect(toEffectTitle('CRITICAL')).toBe('What stops working when it expires')
    expect(toEffectTitle('EXPIRED')).toBe('What stopped working when it expired')
  })
})

describe('the history of a certificate', () => {
  const change = (id: string, certificateId: string, kind: string, replacesId: string | null = null) =>
    ({ id, certificateId, kind, replacesId }) as Change
  const page = (nodes: Change[], next: string | null = null): HistoryPage =>
    ({ recordedSince: 'then', pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes }) as HistoryPage

  it('has its own changes and its replacement, over several pages, each once', () => {
    const pages = [
      page([change('4', 'a', 'VANISHED'), change('3', 'b', 'RENEWED', 'a'), change('x', 'c', 'APPEARED')], 'cursor'),
      page([change('3', 'b', 'RENEWED', 'a'), change('1', 'a', 'APPEARED')], 'next'),
    ]
    const history = toHistory(pages, 'a')
    expect(history.changes.map(({ id }) => id)).toEqual(['4', '3', '1'])
    expect(history.vanished?.id).toBe('4')
    expect(history.successor?.certificateId).toBe('b')
    expect(history.looked).toBe(4)
    expect(history.next).toBe('next')
    expect(history.recordedSince).toBe('then')
  })

  it('does not call a certificate gone that came back', () => {
    const history = toHistory([page([change('2', 'a', 'APPEARED'), change('1', 'a', 'VANISHED')])], 'a')
    expect(history.vanished).toBeNull()
    expect(history.next).toBeNull()
  })
})

describe('the link to a runbook', () => {
  it.each([
    ['https://runbooks.example/a b', 'https://runbooks.example/a%20b'],
    ['http://runbooks.example/', 'http://runbooks.example/'],
    ['javascript:alert(1)', null],
    [' JaVaScRiPt:alert(1)', null],
    ['data:text/html,<script>', null],
    ['runbook', null],
    ['', null],
    [null, null],
  ])('of %j is %j', (text, href) => {
    expect(toRunbookHref(text)).toBe(href)
  })
})
