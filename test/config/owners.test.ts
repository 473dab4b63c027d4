import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse } from '../support/config-parts.ts'

const ownersOf = (owners: unknown) => parse({ ...minimalFile, owners }).owners
const mistakesIn = (owners: unknown) => mistakesOf(() => ownersOf(owners))
const mistakesInMatch = (match: unknown) => mistakesIn([{ match, owner: 'web' }])

describe('owners', () => {
  it('are none by default', () => {
    expect(parse(minimalFile).owners).toEqual([])
  })

  it('are rules with conditions', () => {
    const match = { provider: 'AKAMAI', places: ['K-1'], names: ['a*'], subjectAltNames: ['*.shop.example'] }
    const runbookUrl = 'https://runbooks.example/certs?team=web#akamai'
    expect(
      ownersOf([
        { match, owner: 'web', contact: '#web', runbookUrl },
        { match: {}, owner: 'rest' },
      ]),
    ).toEqual([
      { match, owner: { name: 'web', contact: '#web', runbookUrl } },
      {
        match: { provider: null, places: null, names: null, subjectAltNames: null },
        owner: { name: 'rest', contact: null, runbookUrl: null },
      },
    ])
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://runbooks.example',
    'runbooks.example/certs',
    '//runbooks.example',
    'https://',
    'https://runbooks.example/a b',
    '',
    7,
  ])('have no runbookUrl like %j', (runbookUrl) => {
    expect(mistakesIn([{ match: {}, owner: 'web', runbookUrl }])).toEqual([
      expect.stringMatching(/^owners\[0\]\.runbookUrl: .+; expected a URL with http or https, such as https:/),
    ])
  })

  it('accept http in a runbookUrl, and no credentials', () => {
    const rule = { match: {}, owner: 'web' }
    expect(mistakesIn([{ ...rule, runbookUrl: 'http://wiki.internal/certs' }])).toEqual([])
    expect(mistakesIn([{ ...rule, runbookUrl: 'https://ann:hunter2@wiki.internal/certs' }])).toEqual([
      'owners[0].runbookUrl: contains credentials; expected a URL without them',
    ])
  })

  it.each([
    [{ provider: 'VENDOR' }, /^owners\[0\]\.match\.provider: .+; expected one of OPENAI, AKAMAI, LIVEPERSON$/],
    [{ provider: 'akamai' }, /^owners\[0\]\.match\.provider: .+; expected one of OPENAI, AKAMAI, LIVEPERSON$/],
    [{ names: [] }, /^owners\[0\]\.match\.names: .+; expected a list of 1 to 200 names$/],
    [{ names: 'gateway' }, /^owners\[0\]\.match\.names: .+; expected a list of 1 to 200 names$/],
    [
      { names: Array.from({ length: 201 }, String) },
      /^owners\[0\]\.match\.names: .+; expected a list of 1 to 200 names$/,
    ],
    [{ subjectAltNames: [''] }, /^owners\[0\]\.match\.subjectAltNames\[0\]: empty; expected a name or a pattern/],
    [{ subjectAltNames: ['a'.repeat(257)] }, /^owners\[0\]\.match\.subjectAltNames\[0\]: .+ of 1 to 256 characters$/],
    [{ places: [''] }, /^owners\[0\]\.match\.places\[0\]: empty; expected the id of a place/],
    [{ place: ['K-1'] }, /^owners\[0\]\.match\.place: unknown; expected one of provider, places, names, subjectAltN/],
    [undefined, /^owners\[0\]\.match: missing; expected a mapping with provider, places, names, subjectAltNames$/],
  ])('name the mistake in the conditions %j', (match, mistake) => {
    expect(mistakesInMatch(match)).toEqual([expect.stringMatching(mistake)])
  })

  it.each([
    [{ web: {} }, /^owners: .+; expected a list of at most 500 rules$/],
    [Array.from({ length: 501 }, () => ({ match: { names: ['a'] }, owner: 'web' })), /^owners: .+ at most 500 rules$/],
    [[{ match: {} }], /^owners\[0\]\.owner: missing; expected the name of a person or team of 1 to 128 characters$/],
    [[{ match: {}, owner: 'a\nb' }], /^owners\[0\]\.owner: not valid; expected the name of a person or team/],
    [[{ match: {}, owner: 'web', contact: '' }], /^owners\[0\]\.contact: empty; expected how to reach the owner/],
    [
      [{ match: {}, owner: 'web', team: 1 }],
      /^owners\[0\]\.team: unknown; expected one of match, owner, contact, runb/,
    ],
    [
      [
        { match: {}, owner: 'rest' },
        { match: { names: ['a'] }, owner: 'web' },
      ],
      /^owners\[1\]: never applies: owners\[0\] matches every certificate; expected the rule without conditions at the/,
    ],
  ])('name the mistake in %j', (owners, mistake) => {
    expect(mistakesIn(owners)).toEqual([expect.stringMatching(mistake)])
  })

  it('name a rule that never applies together with other mistakes', () => {
    const rules = [{ match: {}, owner: 'rest' }, { match: { names: [] }, owner: 'web' }, { match: { name: 'a' } }]
    expect(mistakesIn(rules)).toEqual([
      expect.stringMatching(/^owners\[1\]\.match\.names: /),
      expect.stringMatching(/^owners\[2\]\.match\.name: unknown/),
      expect.stringMatching(/^owners\[2\]\.owner: missing/),
      expect.stringMatching(/^owners\[1\]: never applies: owners\[0\] matches every certificate/),
    ])
  })

  it('that cannot be read are not said to match every certificate', () => {
    const rules = [
      { match: { nams: ['a'] }, owner: 'web' },
      { match: { names: 7 }, owner: 'web' },
      { match: {}, owner: 'rest' },
    ]
    expect(mistakesIn(rules).filter((mistake) => mistake.includes('never applies'))).toEqual([])
  })
})
