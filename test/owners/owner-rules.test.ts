import { describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../src/catalog/certificate.ts'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import type { OwnerRule } from '../../src/owners/owner-rule.ts'
import { OwnerRules } from '../../src/owners/owner-rules.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { plainCertificate } from '../support/plain-certificate.ts'

const place = { id: 'T3Jn', provider: 'OPENAI', __typename: 'OpenAIOrganization', vendorId: 'org_a', parent: null }
const certificate: Certificate = {
  ...plainCertificate,
  provider: 'OPENAI',
  name: 'Gateway clients',
  place,
  x509: { subjectAltNames: ['www.shop.example', 'pay.shop.example'] },
}

const everything = { provider: null, places: null, names: null, subjectAltNames: null }
const ownerNamed = (name: string) => ({ name, contact: null, runbookUrl: null })
const rule = (match: Partial<OwnerRule['match']>, name = 'owner'): OwnerRule => ({
  match: { ...everything, ...match },
  owner: ownerNamed(name),
})

describe('a rule', () => {
  const isMatch = (match: Partial<OwnerRule['match']>, row: Partial<Certificate> = {}) =>
    new OwnerRules([rule(match)]).ownerOf({ ...certificate, ...row }) !== null

  it.each<[string, Partial<OwnerRule['match']>, boolean]>([
    ['without conditions', {}, true],
    ['on its provider', { provider: 'OPENAI' }, true],
    ['on another provider', { provider: 'AKAMAI' }, false],
    ['on the global id of its place', { places: ['other', 'T3Jn'] }, true],
    ['on the vendor’s id of its place', { places: ['org_a'] }, true],
    ['on the vendor’s id in another case', { places: ['ORG_A'] }, false],
    ['on its name', { names: ['Gateway clients'] }, true],
    ['on its name in another case', { names: ['gateway CLIENTS'] }, true],
    ['on a pattern of its name', { names: ['nothing', 'gate*'] }, true],
    ['on a part of its name', { names: ['Gateway'] }, false],
    ['on one of its subject alternative names', { subjectAltNames: ['pay.shop.example'] }, true],
    ['on a domain', { subjectAltNames: ['*.SHOP.example'] }, true],
    ['on a domain above it', { subjectAltNames: ['*.example'] }, true],
    ['on a domain that is no suffix', { subjectAltNames: ['*.shop'] }, false],
    ['on a pattern in the middle', { subjectAltNames: ['www.*.example'] }, true],
    ['on two conditions that hold', { provider: 'OPENAI', names: ['*'] }, true],
    ['on two conditions of which one holds', { names: ['*'], subjectAltNames: ['www.other.example'] }, false],
  ])('%s: %j', (_case, match, expected) => {
    expect(isMatch(match)).toBe(expected)
  })

  it('on an account matches the places below it', () => {
    const contract = { ...place, id: 'Q29u', vendorId: 'K-1', parent: { ...place, id: 'QWNj', vendorId: 'acme' } }
    for (const id of ['Q29u', 'K-1', 'QWNj', 'acme']) expect(isMatch({ places: [id] }, { place: contract })).toBe(true)
    expect(isMatch({ places: ['org_a'] }, { place: contract })).toBe(false)
  })

  it('on names does not match a certificate without one, not even the pattern *', () => {
    expect(isMatch({ names: ['*'] }, { name: null })).toBe(false)
    expect(isMatch({ subjectAltNames: ['*'] }, { x509: {} })).toBe(false)
    expect(isMatch({ subjectAltNames: ['*'] }, { x509: { subjectAltNames: null } })).toBe(false)
    expect(isMatch({ subjectAltNames: ['*'] }, { x509: { subjectAltNames: [] } })).toBe(false)
  })

  it('compares a host name in any spelling of its labels', () => {
    const row = { x509: { subjectAltNames: ['xn--bcher-kva.shop.example'] } }
    expect(isMatch({ subjectAltNames: ['Bücher.*.example'] }, row)).toBe(true)
    expect(
      isMatch({ subjectAltNames: ['*.bücher.example'] }, { x509: { subjectAltNames: ['a.Bücher.example'] } }),
    ).toBe(true)
  })

  it.each([
    ['*.bücher.example', 'www.xn--bcher-kva.example', true],
    ['*.xn--bcher-kva.example', 'www.Bücher.example', true],
    ['WWW.BÜCHER.example', 'www.xn--bcher-kva.example', true],
    ['www.XN--bcher-kva.example', 'www.bücher.example', true],
    ['*.bücher.example', 'www.Bu\u0308cher.example', true],
    ['*.bücher.example', 'www.bucher.example', false],
    ['büch*.example', 'bücher.example', true],
    // Texts that are no host names.
    ['Zür*', 'Zürich', true],
    ['x*', 'Zürich', false],
    ['*v. Köln', 'Büro v. Köln', true],
  ])('on the name %s compares host names in either spelling: %s', (pattern, name, expected) => {
    expect(isMatch({ names: [pattern] }, { name })).toBe(expected)
  })

  it('takes a time in proportion to a long name', () => {
    const name = `${'a'.repeat(1_000_000)}b`
    expect(isMatch({ names: [`${'*a'.repeat(100)}*c`] }, { name })).toBe(false)
  })
})

describe('rules', () => {
  const rules = new OwnerRules([
    rule({ names: ['Gateway*'] }, 'platform'),
    { match: { ...everything, provider: 'OPENAI' }, owner: { ...ownerNamed('research'), contact: '#first' } },
    { match: { ...everything, provider: 'AKAMAI' }, owner: { ...ownerNamed('research'), contact: '#second' } },
  ])

  it('give the owner of the first one that matches', () => {
    expect(rules.ownerOf(certificate)).toEqual(ownerNamed('platform'))
    expect(rules.ownerOf({ ...certificate, name: 'Batch' })?.contact).toBe('#first')
    expect(rules.ownerOf({ ...certificate, name: 'Batch', provider: 'AKAMAI' })?.contact).toBe('#second')
    expect(rules.ownerOf({ ...certificate, name: 'Batch', provider: 'LIVEPERSON' })).toBeNull()
  })

  it('describe an owner as the first of its rules does', () => {
    expect([...rules.owners.values()].map(({ name, contact }) => [name, contact]).sort()).toEqual([
      ['platform', null],
      ['research', '#first'],
    ])
  })

  it('look at each row of a list once, and again for another list or other rules', async () => {
    let looks = 0
    const row = {
      ...certificate,
      get name() {
        looks += 1
        return 'Gateway clients'
      },
    }
    const list = new CertificateList([row, { ...certificate, name: 'other', deleted: true }])
    const owned = await rules.ownersIn(list, endlessTimeSlice)
    expect(await owned.of(new Set(['platform']), endlessTimeSlice)).toEqual([row])
    const after = looks
    expect(await rules.ownersIn(list, endlessTimeSlice)).toBe(owned)
    expect(await owned.counts('all', endlessTimeSlice)).toEqual([
      { key: 'platform', count: 1 },
      { key: 'research', count: 1 },
    ])
    expect(await owned.counts('present', endlessTimeSlice)).toEqual([{ key: 'platform', count: 1 }])
    expect(owned.ownerOf(row)?.name).toBe('platform')
    expect(looks).toBe(after)
    const later = await new OwnerRules([rule({}, 'everyone')]).ownersIn(list, endlessTimeSlice)
    expect(await later.counts('all', endlessTimeSlice)).toEqual([{ key: 'everyone', count: 2 }])
    expect(looks).toBeGreaterThan(after)
  })

  it('keep the rows of a list for each set of owners, none and a name with a line break included', async () => {
    const rows = ['a', 'b', null].map((name, index) => ({ ...certificate, id: `c${index}`, name }))
    const named = new OwnerRules([rule({ names: ['a'] }, 'a'), rule({ names: ['b'] }, 'b')])
    const owned = await named.ownersIn(new CertificateList(rows), endlessTimeSlice)
    const idsOf = async (names: readonly (string | null)[]) =>
      (await owned.of(new Set(names), endlessTimeSlice)).map(({ id }) => id)
    expect(await idsOf([])).toEqual([])
    expect(await idsOf([null])).toEqual(['c2'])
    expect(await idsOf(['a\nb'])).toEqual([])
    expect(await idsOf(['a', 'b'])).toEqual(['c0', 'c1'])
  })
})
