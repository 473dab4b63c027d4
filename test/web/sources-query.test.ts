import { describe, expect, it } from '@jest/globals'
import { type SourceRow, toFiltered, toRateLimitOf, toSorted, toVendors } from '../../web/source-row.ts'
import { parseSourcesQuery, toPlacesVariables, toSourcesHref } from '../../web/sources-query.ts'

const row = (label: string, changes: Partial<SourceRow> = {}, place: Partial<SourceRow['place']> = {}) =>
  ({
    id: label,
    kind: 'CERTIFICATES',
    status: 'OK',
    unreadableRows: 0,
    ...changes,
    place: { __typename: 'AkamaiContract', id: label, provider: 'AKAMAI', label, circuitOpen: false, ...place },
  }) as SourceRow

describe('the URL of the sources', () => {
  it.each(['/sources', '/sources?providers=AKAMAI&providers=OPENAI&statuses=FAILED', '/sources?from=101'])(
    'has the whole state: %s',
    (href) => {
      const query = parseSourcesQuery(new URL(href, 'http://localhost').search)
      expect(query.mistakes).toEqual([])
      expect(toSourcesHref({ ...query, position: query.from === 1 ? {} : { from: query.from } })).toBe(href)
    },
  )

  it('names the parameters that are none', () => {
    expect(parseSourcesQuery('?statuses=BROKEN&statuses=OK&color=red&places=some').mistakes).toEqual([
      'color=red',
      'places=some',
      'statuses=BROKEN',
    ])
  })

  it('has no status with all places, because that of another page is not known', () => {
    const query = parseSourcesQuery('?places=all&statuses=FAILED&providers=AKAMAI&after=a&from=51')
    expect(query.mistakes).toEqual(['statuses=FAILED'])
    expect(query.statuses).toEqual([])
    expect(toPlacesVariables(query)).toEqual({ first: 50, after: 'a', providers: ['AKAMAI'] })
    expect(toSourcesHref(query)).toBe('/sources?places=all&providers=AKAMAI&after=a&from=51')
  })
})

describe('the sources', () => {
  const rows = [
    row('C-10'),
    row('C-9'),
    row('open', {}, { circuitOpen: true }),
    row('lossy', { unreadableRows: 3 }),
    row('stale', { status: 'STALE' }),
    row('failed', { status: 'FAILED' }, { provider: 'OPENAI' }),
  ]

  it('are in the order in which they need attention, then by name', () => {
    expect(toSorted(rows).map(({ id }) => id)).toEqual(['failed', 'stale', 'lossy', 'open', 'C-9', 'C-10'])
  })

  it('are filtered by vendor and by status', () => {
    const idsOf = (providers: string[], statuses: SourceRow['status'][]) =>
      toFiltered(rows, { providers, statuses }).map(({ id }) => id)
    expect(idsOf([], [])).toHaveLength(rows.length)
    expect(idsOf(['OPENAI'], [])).toEqual(['failed'])
    expect(idsOf(['AKAMAI'], ['FAILED', 'STALE'])).toEqual(['stale'])
    expect(toVendors(rows)).toEqual(['AKAMAI', 'OPENAI'])
  })

  it('have no rate limit before the answer, and none for a place that the reader may not see', () => {
    expect(toRateLimitOf(null)('C-9')).toBeUndefined()
    const limit = { limit: 8, remaining: 6, resetAt: null, waiting: 0 }
    const rateLimitOf = toRateLimitOf({ nodes: [{ __typename: 'AkamaiContract', id: 'C-9', rateLimit: limit }, null] })
    expect(rateLimitOf('C-9')).toEqual(limit)
    expect(rateLimitOf('C-10')).toBeNull()
  })
})
