import { describe, expect, it } from '@jest/globals'
import { account, credentials, minimalFile, mistakesOf, parse, vendorKeys } from '../support/config-parts.ts'

const all = { ...minimalFile, akamai: { accounts: [{ id: 'a', credentials }] }, liveperson: { accounts: [account] } }
const defaults = {
  timeout: 10_000,
  readingTimeout: 60_000,
  concurrency: 8,
  discoveryTtl: 300_000,
  staleWhileRevalidate: 300_000,
  staleIfError: 86_400_000,
  minReadingAge: 10_000,
  prefetch: false,
}

/** The documented rate limits of the vendors: calls per window. */
const limits = {
  openai: [],
  akamai: [
    { resource: 'active certificates', calls: 8, window: 60_000 },
    { resource: null, calls: 20, window: 2_000 },
    { resource: null, calls: 35, window: 60_000 },
  ],
  liveperson: [{ resource: 'certificates', calls: 10, window: 1_000 }],
}

const upstreamsOf = (upstream?: unknown) => {
  const { deadline, providers } = parse({ ...all, ...(upstream !== undefined && { upstream }) })
  const of = (vendor: keyof typeof limits) => {
    const { limits = [], ...settings } = { ...providers[vendor]?.upstream }
    return { ...settings, limits: limits.map(({ resource, calls, window }) => ({ resource, calls, window })) }
  }
  return { deadline, openai: of('openai'), akamai: of('akamai'), liveperson: of('liveperson') }
}

describe('upstream', () => {
  it('has defaults, with a ttl and rate limits per vendor', () => {
    expect(upstreamsOf()).toEqual({
      deadline: 25_000,
      openai: { ...defaults, ttl: 60_000, limits: limits.openai },
      akamai: { ...defaults, ttl: 300_000, limits: limits.akamai },
      liveperson: { ...defaults, ttl: 300_000, limits: limits.liveperson },
    })
  })

  it('applies to all vendors', () => {
    const own = {
      timeout: 500,
      readingTimeout: 120_000,
      concurrency: 100,
      ttl: 0,
      discoveryTtl: 86_400_000,
      staleWhileRevalidate: 0,
      staleIfError: 604_800_000,
      minReadingAge: 5_000,
      prefetch: true,
    }
    const written = {
      timeout: '500ms',
      readingTimeout: '2m',
      concurrency: 100,
      ttl: '0s',
      discoveryTtl: '24h',
      staleWhileRevalidate: '0s',
      staleIfError: '7d',
      minReadingAge: '5s',
      prefetch: true,
    }
    expect(upstreamsOf({ ...written, deadline: '1d' })).toEqual({
      deadline: 86_400_000,
      openai: { ...own, limits: limits.openai },
      akamai: { ...own, limits: limits.akamai },
      liveperson: { ...own, limits: limits.liveperson },
    })
  })

  it('has settings of one vendor that take precedence', () => {
    const { openai, akamai, liveperson } = upstreamsOf({
      ttl: '1m',
      concurrency: 4,
      prefetch: true,
      akamai: { ttl: '10m', staleIfError: '0s', prefetch: false },
      openai: { timeout: '3s', minReadingAge: '0s' },
    })
    const common = { ...defaults, ttl: 60_000, concurrency: 4, prefetch: true }
    expect(openai).toEqual({ ...common, timeout: 3000, minReadingAge: 0, limits: limits.openai })
    expect(akamai).toEqual({ ...common, ttl: 600_000, staleIfError: 0, prefetch: false, limits: limits.akamai })
    expect(liveperson).toEqual({ ...common, limits: limits.liveperson })
  })

  it.each(['10', 10, '10 s', '1.5s', '-1s', '10S', '1w', '1y', '10seconds', '', '1e3ms', null, '25d', '0s', '0d'])(
    'does not accept a timeout or a deadline of %j',
    (time) => {
      expect(
        mistakesOf(() => upstreamsOf({ timeout: time, deadline: time, akamai: { readingTimeout: time } })),
      ).toEqual([
        expect.stringMatching(
          /^upstream\.timeout: .+; expected a duration such as 500ms, 10s, 5m, 24h or 14d, longer than 0s/,
        ),
        expect.stringMatching(/^upstream\.deadline: /),
        expect.stringMatching(/^upstream\.akamai\.readingTimeout: /),
      ])
    },
  )

  it.each([0, 101, -1, 1.5, '8', null])('does not accept a concurrency of %j', (concurrency) => {
    expect(mistakesOf(() => upstreamsOf({ concurrency }))).toEqual([
      expect.stringMatching(/^upstream\.concurrency: .+; expected a whole number from 1 to 100$/),
    ])
  })

  it.each(['ttl', 'discoveryTtl', 'staleWhileRevalidate', 'staleIfError', 'minReadingAge'])(
    'accepts only a duration as %s',
    (name) => {
      expect(mistakesOf(() => upstreamsOf({ [name]: 60, liveperson: { [name]: '-1s' } }))).toEqual(
        [`upstream.${name}`, `upstream.liveperson.${name}`].map((path) =>
          expect.stringMatching(new RegExp(`^${path}: .+; expected a duration such as .+, from 0s to 24d$`)),
        ),
      )
    },
  )

  it.each(['true', 1, null])('does not accept %j as prefetch', (prefetch) => {
    expect(mistakesOf(() => upstreamsOf({ prefetch, akamai: { prefetch } }))).toEqual([
      expect.stringMatching(/^upstream\.prefetch: .+; expected true or false$/),
      expect.stringMatching(/^upstream\.akamai\.prefetch: .+; expected true or false$/),
    ])
  })

  it('has no deadline per vendor and no unknown vendors', () => {
    const known =
      'timeout, readingTimeout, concurrency, ttl, discoveryTtl, staleWhileRevalidate, staleIfError, minReadingAge, prefetch'
    expect(mistakesOf(() => upstreamsOf({ ttl: 'x', akamia: {}, akamai: { deadline: '1s' }, openai: 7 }))).toEqual([
      expect.stringMatching(/^upstream\.ttl: not valid/),
      `upstream.akamia: unknown; expected one of ${known}, deadline, ${vendorKeys} (did you mean akamai?)`,
      `upstream.openai: found a number; expected a mapping with ${known}`,
      `upstream.akamai.deadline: unknown; expected one of ${known}, budget`,
    ])
  })
})

describe('upstream.akamai.budget', () => {
  it.each([1, 10, 1000])('sets the limit of listings to %d per minute and changes no other limit', (budget) => {
    const [listings, ...others] = limits.akamai
    expect(upstreamsOf({ akamai: { budget } }).akamai).toEqual({
      ...defaults,
      ttl: 300_000,
      limits: [{ ...listings, calls: budget }, ...others],
    })
  })

  it.each([0, 1001, 7.5, '8', null])('cannot be %j', (budget) => {
    expect(mistakesOf(() => upstreamsOf({ akamai: { budget } }))).toEqual([
      expect.stringMatching(/^upstream\.akamai\.budget: .+; expected a whole number from 1 to 1000$/),
    ])
  })

  it('exists for no other vendor and not for all vendors', () => {
    expect(mistakesOf(() => upstreamsOf({ budget: 5, openai: { budget: 5 }, liveperson: { budget: 5 } }))).toEqual([
      expect.stringMatching(/^upstream\.budget: unknown; expected one of /),
      expect.stringMatching(/^upstream\.openai\.budget: unknown; expected one of /),
      expect.stringMatching(/^upstream\.liveperson\.budget: unknown; expected one of /),
    ])
  })
})
