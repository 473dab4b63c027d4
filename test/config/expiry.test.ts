import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse } from '../support/config-parts.ts'

const day = 86_400_000
const standard = {
  critical: 14 * day,
  warning: 30 * day,
  lifetime: { critical: { numerator: 1, denominator: 6 }, warning: { numerator: 1, denominator: 3 } },
  vendors: {},
}
const expiryOf = (expiry: object) => parse({ ...minimalFile, expiry }).expiry

describe('expiry', () => {
  it('has defaults', () => {
    expect(parse(minimalFile).expiry).toEqual(standard)
  })

  it('may have equal thresholds', () => {
    const expiry = { critical: '24h', warning: '1d' }
    expect(parse({ ...minimalFile, expiry }).expiry).toEqual({ ...standard, critical: day, warning: day })
  })

  it('names the default that a warning time is shorter than', () => {
    expect(mistakesOf(() => parse({ ...minimalFile, expiry: { warning: '10d' } }))).toEqual([
      'expiry.warning: shorter than the critical time, 14d by default; expected the same duration or a longer one, or a shorter expiry.critical',
    ])
  })

  it.each([{ critical: '31d' }, { critical: '2d', warning: '47h' }])(
    'may not have a longer critical threshold: %j',
    (expiry) => {
      expect(mistakesOf(() => parse({ ...minimalFile, expiry }))).toEqual([
        'expiry.critical: longer than expiry.warning; expected the same duration or a shorter one',
      ])
    },
  )

  it('may not have a threshold of zero', () => {
    expect(mistakesOf(() => parse({ ...minimalFile, expiry: { critical: '0d', warning: '99999d' } }))).toEqual([
      expect.stringMatching(/^expiry\.critical: not valid; expected a duration .+ longer than 0s, at most 3650d$/),
      expect.stringMatching(/^expiry\.warning: not valid/),
    ])
  })

  it.each([
    ['1/3', { numerator: 1, denominator: 3 }],
    ['0.25', { numerator: 25, denominator: 100 }],
    [0.25, { numerator: 25, denominator: 100 }],
    ['.5', { numerator: 5, denominator: 10 }],
    [1, { numerator: 1, denominator: 1 }],
  ])('accepts %j as a share of the lifetime', (warning, share) => {
    expect(expiryOf({ lifetime: { warning } })).toEqual({
      ...standard,
      lifetime: { ...standard.lifetime, warning: share },
    })
  })

  it.each(['1/0', '0/3', '4/3', 0, 1.5, '1.5', -0.25, '', '.', 'third', '33%', '1/3/3', null, [1], '0.1234567'])(
    'rejects %j as a share of the lifetime',
    (critical) => {
      expect(mistakesOf(() => expiryOf({ lifetime: { critical } }))).toEqual([
        expect.stringMatching(
          /^expiry\.lifetime\.critical: .+; expected a share such as 1\/3 or 0\.25, more than 0 and at/,
        ),
      ])
    },
  )

  it('may not have a larger critical share', () => {
    expect(mistakesOf(() => expiryOf({ lifetime: { critical: 0.34 } }))).toEqual([
      'expiry.lifetime: the critical share is larger than the warning share; expected expiry.lifetime.critical to be ' +
        'at most expiry.lifetime.warning',
    ])
    expect(mistakesOf(() => expiryOf({ lifetime: { critical: '2/6', warning: '1/3' } }))).toEqual([])
  })

  it('ignores the lifetime when it is none', () => {
    expect(expiryOf({ lifetime: 'none' })).toEqual({ ...standard, lifetime: null })
  })

  it.each(['never', true, 0.25, []])('rejects the lifetime %j', (lifetime) => {
    expect(mistakesOf(() => expiryOf({ lifetime }))).toEqual([
      'expiry.lifetime: not valid; expected none, or a mapping with critical, warning',
    ])
  })

  it('has settings for one vendor, which begin with those for all', () => {
    const expiry = {
      warning: '60d',
      lifetime: { warning: '1/2' },
      openai: { warning: '180d', lifetime: 'none' },
      akamai: { critical: '7d' },
      liveperson: {},
    }
    const lifetime = { ...standard.lifetime, warning: { numerator: 1, denominator: 2 } }
    const all = { critical: 14 * day, warning: 60 * day, lifetime }
    expect(expiryOf(expiry)).toEqual({
      ...all,
      vendors: {
        OPENAI: { ...all, warning: 180 * day, lifetime: null },
        AKAMAI: { ...all, critical: 7 * day },
        LIVEPERSON: all,
      },
    })
  })

  it('may switch the lifetime on for one vendor', () => {
    const { lifetime, vendors } = expiryOf({ lifetime: 'none', akamai: { lifetime: { warning: 0.5 } } })
    expect(lifetime).toBeNull()
    expect(vendors['AKAMAI']?.lifetime).toEqual({
      critical: standard.lifetime.critical,
      warning: { numerator: 5, denominator: 10 },
    })
  })

  it('names the mistakes in the settings of a vendor', () => {
    const expiry = {
      openai: { warning: '7d' },
      akamai: { critical: '31d' },
      liveperson: { lifetime: { critical: 0.5 } },
    }
    expect(mistakesOf(() => expiryOf(expiry))).toEqual([
      'expiry.openai.warning: shorter than the critical time, 14d; expected the same duration or a longer one, or a ' +
        'shorter expiry.openai.critical',
      'expiry.akamai.critical: longer than expiry.akamai.warning; expected the same duration or a shorter one',
      expect.stringMatching(/^expiry\.liveperson\.lifetime: the critical share is larger than the warning share/),
    ])
    expect(mistakesOf(() => expiryOf({ openai: { warn: '7d' }, vendor: {} }))).toEqual([
      expect.stringMatching(/^expiry\.openai\.warn: unknown; expected one of critical, warning, lifetime/),
      expect.stringMatching(
        /^expiry\.vendor: unknown; expected one of critical, warning, lifetime, openai, akamai, liv/,
      ),
    ])
  })
})
