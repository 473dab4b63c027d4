import { describe, expect, it } from '@jest/globals'
import { account, credentials, mistakesOf, parse, smallest } from './parts.ts'

const all = { ...smallest, akamai: { accounts: [{ id: 'a', credentials }] }, liveperson: { accounts: [account] } }
const defaults = { timeout: 10_000, readingTimeout: 60_000, concurrency: 8, discoveryTtl: 300_000 }

const upstreamsOf = (upstream?: unknown) => {
  const { deadline, providers } = parse({ ...all, ...(upstream !== undefined && { upstream }) })
  const { openai, akamai, liveperson } = providers
  return { deadline, openai: openai?.upstream, akamai: akamai?.upstream, liveperson: liveperson?.upstream }
}

describe('upstream', () => {
  it('has defaults, the ttl by vendor', () => {
    expect(upstreamsOf()).toEqual({
      deadline: 25_000,
      openai: { ...defaults, ttl: 60_000 },
      akamai: { ...defaults, ttl: 300_000 },
      liveperson: { ...defaults, ttl: 300_000 },
    })
  })

  it('holds for all vendors', () => {
    const own = { timeout: 500, readingTimeout: 120_000, concurrency: 100, ttl: 0, discoveryTtl: 86_400_000 }
    const written = { timeout: '500ms', readingTimeout: '2m', concurrency: 100, ttl: '0s', discoveryTtl: '24h' }
    expect(upstreamsOf({ ...written, deadline: '1d' })).toEqual({
      deadline: 86_400_000,
      openai: own,
      akamai: own,
      liveperson: own,
    })
  })

  it('holds for one vendor before it holds for all', () => {
    const upstreams = upstreamsOf({ ttl: '1m', concurrency: 4, akamai: { ttl: '10m' }, openai: { timeout: '3s' } })
    expect(upstreams.openai).toEqual({ ...defaults, ttl: 60_000, concurrency: 4, timeout: 3000 })
    expect(upstreams.akamai).toEqual({ ...defaults, ttl: 600_000, concurrency: 4 })
    expect(upstreams.liveperson).toEqual({ ...defaults, ttl: 60_000, concurrency: 4 })
  })

  it.each(['10', 10, '10 s', '1.5s', '-1s', '10S', '1w', '1y', '10seconds', '', '1e3ms', null, '25d', '0s', '0d'])(
    'has no timeout and no deadline %j',
    (time) => {
      expect(
        mistakesOf(() => upstreamsOf({ timeout: time, deadline: time, akamai: { readingTimeout: time } })),
      ).toEqual([
        expect.stringMatching(
          /^upstream\.timeout: .+; expected a duration such as 500ms, 10s, 5m, 24h or 14d, longer than 0/,
        ),
        expect.stringMatching(/^upstream\.deadline: /),
        expect.stringMatching(/^upstream\.akamai\.readingTimeout: /),
      ])
    },
  )

  it.each([0, 101, -1, 1.5, '8', null])('has no concurrency %j', (concurrency) => {
    expect(mistakesOf(() => upstreamsOf({ concurrency }))).toEqual([
      expect.stringMatching(/^upstream\.concurrency: .+; expected a whole number from 1 to 100$/),
    ])
  })

  it('has no deadline for one vendor, and no vendor that is not known', () => {
    const known = 'timeout, readingTimeout, concurrency, ttl, discoveryTtl'
    expect(mistakesOf(() => upstreamsOf({ ttl: 'x', akamia: {}, akamai: { deadline: '1s' }, openai: 7 }))).toEqual([
      expect.stringMatching(/^upstream\.ttl: not valid/),
      `upstream.akamia: unknown; known are ${known}, deadline, openai, akamai, liveperson`,
      `upstream.openai: found a number; expected a mapping with ${known}`,
      `upstream.akamai.deadline: unknown; known are ${known}`,
    ])
  })
})

describe('expiry', () => {
  it('has defaults', () => {
    expect(parse(smallest).expiry).toEqual({ critical: 14 * 86_400_000, warning: 30 * 86_400_000 })
  })

  it('may be critical as early as it is worth a warning', () => {
    const expiry = { critical: '24h', warning: '1d' }
    expect(parse({ ...smallest, expiry }).expiry).toEqual({ critical: 86_400_000, warning: 86_400_000 })
  })

  it.each([{ critical: '31d' }, { warning: '13d' }, { critical: '2d', warning: '47h' }])(
    'is never critical earlier than that: %j',
    (expiry) => {
      expect(mistakesOf(() => parse({ ...smallest, expiry }))).toEqual([
        'expiry.critical: longer than expiry.warning; expected at most as long',
      ])
    },
  )

  it('is longer than nothing', () => {
    expect(mistakesOf(() => parse({ ...smallest, expiry: { critical: '0d', warning: '99999d' } }))).toEqual([
      expect.stringMatching(/^expiry\.critical: not valid; expected a duration .+ longer than 0, at most 3650d$/),
      expect.stringMatching(/^expiry\.warning: not valid/),
    ])
  })
})
