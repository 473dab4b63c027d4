import { describe, expect, it } from '@jest/globals'
import {
  parseChangesQuery,
  toChangesHref,
  toChangesVariables,
  toSince,
  withoutChangeCondition,
} from '../../web/changes-query.ts'

describe('the URL of the changes', () => {
  const href = '/changes?kinds=EXPIRED&kinds=VANISHED&placeIds=C-1&since=2026-11-22T00:00:00.000Z&after=a&from=101'

  it('has the whole state', () => {
    const query = parseChangesQuery(new URL(href, 'http://localhost').search)
    expect(query.mistakes).toEqual([])
    expect(toChangesHref(query.conditions, query.position)).toBe(href)
    expect(toChangesVariables(query)).toEqual({
      first: 100,
      after: 'a',
      kinds: ['EXPIRED', 'VANISHED'],
      placeIds: ['C-1'],
      since: '2026-11-22T00:00:00.000Z',
    })
  })

  it('takes a day as its first moment in UTC', () => {
    expect(parseChangesQuery('?since=2026-11-22').conditions.since).toBe('2026-11-22T00:00:00.000Z')
  })

  it('names the parameters that are none, and leaves them out', () => {
    const query = parseChangesQuery('?kinds=BROKEN&kinds=EXPIRED&since=soon&search=a')
    expect(query.mistakes).toEqual(['search=a', 'kinds=BROKEN', 'since=soon'])
    expect(query.conditions).toEqual({ kinds: ['EXPIRED'] })
    expect(parseChangesQuery('?since=2026-11-22&since=2026-11-23').mistakes).toHaveLength(2)
    expect(parseChangesQuery('?since=2026-11-22&since=2026-11-23').conditions).toEqual({})
  })

  it('has the same time for the same day, so that a link stays the same', () => {
    const [morning, evening] = ['2026-11-29T03:00:00Z', '2026-11-29T22:00:00Z'].map((time) => Date.parse(time))
    expect(toSince(7, morning ?? 0)).toBe('2026-11-22T00:00:00.000Z')
    expect(toSince(7, evening ?? 0)).toBe('2026-11-22T00:00:00.000Z')
  })

  it('loses a condition, or one entry of its list', () => {
    const { conditions } = parseChangesQuery(new URL(href, 'http://localhost').search)
    expect(withoutChangeCondition(conditions, 'kinds', 'EXPIRED').kinds).toEqual(['VANISHED'])
    expect(withoutChangeCondition(conditions, 'placeIds', 'C-1')).not.toHaveProperty('placeIds')
    expect(withoutChangeCondition(conditions, 'since')).not.toHaveProperty('since')
  })
})
