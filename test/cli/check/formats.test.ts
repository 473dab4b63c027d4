import { describe, expect, it } from '@jest/globals'
import { toGitHub } from '../../../src/cli/check/github.ts'
import { toJson } from '../../../src/cli/check/json.ts'
import { toJUnit } from '../../../src/cli/check/junit.ts'
import type { CheckedCertificate } from '../../../src/cli/check/operation.ts'
import { toFirstLine, toText } from '../../../src/cli/check/text.ts'
import { judge } from '../../../src/cli/check/verdict.ts'
import { toGlobalId } from '../../../src/providers/global-id.ts'

const now = Date.UTC(2030, 0, 1)
const hostile = `a|b\u001b[31m\r\n::error::x,y:z%0A <&"'> \u202eM\u00fcller \u{1f512}\ud800`

const certificate = (name: string | null, id: string): CheckedCertificate => ({
  id,
  provider: 'OPENAI',
  name,
  expiresAt: new Date(now + 86_400_000).toISOString(),
  expiryStatus: 'CRITICAL',
  place: { id: 'place', vendorId: 'org_acme', label: hostile },
  owner: id === 'id1' ? { name: hostile } : null,
})
const source = {
  kind: 'CERTIFICATES',
  status: 'FAILED' as const,
  asOf: null,
  unreadableRows: 0,
  place: { id: 'place', provider: 'OPENAI', vendorId: 'org_acme', label: hostile },
  error: { code: 'UPSTREAM_TIMEOUT', message: `no answer ${hostile}`, httpStatus: null },
}
const verdict = judge(
  {
    total: 2,
    suspects: [certificate(hostile, 'id1'), certificate(null, 'id2')],
    sources: [source, { ...source, kind: 'DISCOVERY', status: 'OK', error: null }],
    incompleteReasons: ['OpenAI did not answer.'],
    errors: [`place ${hostile}`],
  },
  { now, thresholds: { warning: undefined, critical: undefined }, brandOf: () => 'OpenAI' },
)

describe('the formats of a check', () => {
  it('has one bar in the text, before the performance data, and only printable ASCII in aligned columns', () => {
    const text = toText(verdict)
    const [first = '', , header = '', ...rows] = text.split('\n')
    expect(first).toBe(toFirstLine(verdict))
    expect(first).toMatch(
      /^CERTGRAPH CRITICAL - 2 within 14d, .* \| expired=0;;;0 critical=2;;;0 warning=0;;;0 unknown=0;;;0 problems=2;;;0 certificates=2;;;0$/,
    )
    expect(text.match(/\|/g)).toEqual(['|'])
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    expect(text).toContain('Muller ?')
    const name = header.indexOf('NAME')
    expect(rows[0]?.slice(name)).toMatch(/^a\/b/)
    expect(rows[1]?.slice(name)).toBe('id2')
  })

  it('has no performance data when nothing was read', () => {
    const state = { total: 0, suspects: [], sources: [], incompleteReasons: [], errors: ['it cannot be reached'] }
    const unread = judge(state, { now, thresholds: { warning: undefined, critical: undefined }, brandOf: String })
    expect(toFirstLine(unread)).toBe('CERTGRAPH UNKNOWN - it cannot be reached')
    // The one cause is not listed again.
    expect(toText(unread)).toBe('CERTGRAPH UNKNOWN - it cannot be reached\n')
  })

  it('keeps names in JSON as they are', () => {
    const result = JSON.parse(toJson(verdict, now))
    expect(result).toMatchObject({
      status: 'CRITICAL',
      exitCode: 2,
      checkedAt: '2030-01-01T00:00:00.000Z',
      counts: { certificates: 2, critical: 2, problems: 2 },
      certificates: [{ name: hostile, status: 'CRITICAL', daysUntilExpiry: 1 }, { name: null }],
      problems: [
        { text: `place ${hostile}` },
        { error: { code: 'UPSTREAM_TIMEOUT' }, place: { vendorId: 'org_acme' } },
      ],
    })
  })

  it('is a well-formed JUnit report without control characters, which counts what it lists', () => {
    const xml = toJUnit(verdict)
    expect(xml).toMatch(/^[^\p{Cc}\p{Cs}\p{Cf}]*$/u.test(xml.replaceAll('\n', '')) ? /^<\?xml/ : /no control character/)
    expect(xml).toContain('name="a|b [31m ::error::x,y:z%0A &lt;&amp;&quot;&apos;&gt; M\u00fcller \u{1f512}"')
    // Every ampersand begins an entity, and no bracket is inside a value.
    expect(xml.match(/&(?!(amp|lt|gt|quot|apos);)/g)).toBeNull()
    for (const [, value = ''] of xml.matchAll(/="([^"]*)"/g)) expect(value).not.toMatch(/[<>]/)
    const count = (tag: string) => xml.match(new RegExp(`<${tag}\\b`, 'g'))?.length
    expect([count('testcase'), count('failure'), count('error')]).toEqual([5, 2, 2])
    expect(xml).toContain('<testsuites tests="5" failures="2" errors="2">')
  })

  it('has one GitHub command for each certificate and problem, whatever a name contains', () => {
    const lines = toGitHub(verdict).trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 2 + 2)
    for (const line of lines.slice(1)) {
      // The title ends at the first separator that is not escaped.
      expect(line).toMatch(/^::error title=[^:,]*::[^\r\n]*$/)
      expect(line).not.toMatch(/%(?!25|3A|2C)/)
    }
    expect(lines.some((line) => line.includes('x%2Cy%3Az%250A'))).toBe(true)
  })

  it('gives each test case of JUnit a name of its own', () => {
    const [one, two, other] = [
      toGlobalId('OpenAICertificate', 'org_acme', 'cert_1'),
      toGlobalId('OpenAICertificate', 'org_acme', 'cert_2'),
      toGlobalId('OpenAICertificate', 'org_other', 'cert_1'),
    ] as const
    const place = { id: 'place', vendorId: 'org_acme', label: 'Acme' }
    const suspects = [
      { ...certificate('api', one), place },
      { ...certificate('api', two), place },
      { ...certificate('a\u200bpi', other), place: { ...place, vendorId: 'org_other' } },
      { ...certificate(null, one), place },
      { ...certificate('web', 'same'), place },
      { ...certificate('web', 'same'), place },
    ]
    const sources = ['a', 'b'].map((id) => ({
      ...source,
      status: 'OK' as const,
      error: null,
      place: { ...source.place, id },
    }))
    const state = { total: 6, suspects, sources, incompleteReasons: [], errors: [] }
    const xml = toJUnit(judge(state, { now, thresholds: { warning: undefined, critical: undefined }, brandOf: String }))
    const names = [...xml.matchAll(/<testcase (classname="[^"]*" name="([^"]*)")/g)]
    expect(names).toHaveLength(8)
    expect(new Set(names.map(([, key]) => key)).size).toBe(8)
    const texts = names.map(([, , name]) => name)
    expect(texts).toEqual(
      expect.arrayContaining(['api (cert_2)', 'api (cert_1) (org_acme)', 'cert_1', 'web (same) (org_acme) (same)']),
    )
  })

  it('shows a certificate without a name by the id of the vendor', () => {
    const id = toGlobalId('AkamaiCertificate', 'C-1', '1001', 'production')
    const unnamed = { ...certificate(null, id), place: { id: 'place', vendorId: 'C-1', label: 'C-1' } }
    const state = { total: 1, suspects: [unnamed], sources: [], incompleteReasons: [], errors: [] }
    const judged = judge(state, { now, thresholds: { warning: undefined, critical: undefined }, brandOf: String })
    expect(toText(judged)).toMatch(/ C-1 +1001\/production$/m)
    expect(toGitHub(judged)).toContain('title=OPENAI C-1%3A 1001/production::')
    expect(toJUnit(judged)).toContain('name="1001/production"')
    for (const write of [toText, toGitHub]) expect(write(judged)).not.toContain(id)
  })
})
