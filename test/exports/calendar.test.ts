import { describe, expect, it } from '@jest/globals'
import ICAL from 'ical.js'
import { type Calendar, renderCalendar } from '../../src/exports/calendar.ts'
import type { Incompleteness, ReadCertificateExpiry } from '../../src/exports/calendar-event.ts'
import { ics } from '../../src/exports/ics.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const certificate = (members: Partial<ReadCertificateExpiry> = {}): ReadCertificateExpiry => ({
  id: 'T3BlbkFJQ2VydGlmaWNhdGU6b3JnX2FjbWU6Y2VydF8x',
  name: 'shop.example',
  vendor: 'OpenAI',
  expiresAt: Date.parse('2026-12-31T23:59:59Z'),
  asOf: Date.parse('2026-01-02T03:04:05Z'),
  place: { vendorId: 'org_acme', label: 'Acme' },
  owner: null,
  ...members,
})

type Members = Partial<Omit<Calendar, 'certificates'>> & { readonly certificates?: readonly ReadCertificateExpiry[] }

async function* inBatches(certificates: readonly ReadCertificateExpiry[]) {
  for (let start = 0; start < certificates.length; start += 32) yield certificates.slice(start, start + 32)
}

async function render({ certificates = [certificate()], ...members }: Members = {}): Promise<string> {
  const standard = { name: 'Certificate expirations', incomplete: null, publicUrl: null }
  let text = ''
  for await (const part of renderCalendar({ ...standard, ...members, certificates: inBatches(certificates) }))
    text += part
  return text
}

const parse = (text: string) => new ICAL.Component(ICAL.parse(text) as [])
const eventsIn = (text: string) =>
  parse(text)
    .getAllSubcomponents('vevent')
    .map((component) => new ICAL.Event(component))

async function onlyEvent(members: Partial<ReadCertificateExpiry>, options: Members = {}) {
  const [event, ...others] = eventsIn(await render({ ...options, certificates: [certificate(members)] }))
  if (!event || others.length > 0) throw new Error('expected one event')
  return event
}

const hostileNames = [
  'a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:injected',
  'semi;colon, comma \\ backslash \\n "quoted" : colon',
  '\\',
  '\\,\\;\\n',
  'BEGIN:VCALENDAR',
  '  leading and trailing  ',
  '😀'.repeat(60),
  'ä'.repeat(100),
  `${'x'.repeat(60)}€${'y'.repeat(80)}`,
  'tab\there',
  '=HYPERLINK("https://evil.example")',
  '\u202eelpmaxe.pohs',
  ';LANGUAGE=en:value',
]

describe('the calendar of expirations', () => {
  it('has one event for each certificate, for the whole day of its expiry in UTC', async () => {
    const event = await onlyEvent({})
    expect(event.startDate.isDate).toBe(true)
    expect(event.startDate.toString()).toBe('2026-12-31')
    expect(event.endDate.toString()).toBe('2027-01-01')
    expect(event.component.getFirstPropertyValue('transp')).toBe('TRANSPARENT')
  })

  it.each([
    ['2028-02-29T00:00:00Z', '2028-02-29'],
    ['2028-02-28T23:59:59.999Z', '2028-02-28'],
    ['2026-03-29T01:30:00Z', '2026-03-29'],
    ['2026-10-25T00:30:00+02:00', '2026-10-24'],
    ['2026-12-31T23:30:00-05:00', '2027-01-01'],
    ['9999-12-31T23:59:59Z', '9999-12-31'],
    ['+012026-01-01T00:00:00Z', '9999-12-31'],
    ['1969-12-31T00:00:00Z', '1969-12-31'],
  ])('puts an expiry at %s on %s', async (time, day) => {
    const text = await render({ certificates: [certificate({ expiresAt: Date.parse(time) })] })
    expect(text).toContain(`\r\nDTSTART;VALUE=DATE:${day.replaceAll('-', '')}\r\n`)
    expect(eventsIn(text)[0]?.startDate.toString()).toBe(day)
  })

  it('names the certificate and the vendor, and describes place, owner, contact, runbook and link', async () => {
    const owner = { name: 'storefront, web', contact: '#storefront; night', runbookUrl: 'https://runbooks.example/a,b' }
    const event = await onlyEvent({ owner, id: 'a/b+c=' }, { publicUrl: 'https://certgraph.example' })
    const link = 'https://certgraph.example/certificates/a%2Fb%2Bc%3D'
    expect(event.summary).toBe('shop.example expires (OpenAI)')
    expect(event.description.split('\n')).toEqual([
      'Expires: 2026-12-31 23:59:59 UTC',
      'Vendor: OpenAI',
      'Place: Acme (org_acme)',
      'Owner: storefront, web',
      'Contact: #storefront; night',
      'Runbook: https://runbooks.example/a,b',
      `Certificate: ${link}`,
    ])
    expect(event.component.getFirstPropertyValue('url')).toBe(link)
    expect(event.component.getFirstProperty('categories')?.getValues()).toEqual(['OpenAI', 'storefront, web'])
  })

  it('has an event for a certificate without name, owner and name of the place', async () => {
    const event = await onlyEvent({ name: null, place: { vendorId: 'C-1', label: 'C-1' } })
    expect(event.summary).toBe('A certificate without a name expires (OpenAI)')
    expect(event.description).toContain('\nPlace: C-1\nOwner: none')
    expect(event.component.hasProperty('url')).toBe(false)
  })

  it.each(hostileNames)('gives a parser the name %j unchanged', async (name) => {
    const event = await onlyEvent({
      name,
      owner: { name, contact: name, runbookUrl: null },
      place: { vendorId: 'x', label: name },
    })
    const read = name.replaceAll('\r\n', '\n')
    expect(event.summary).toBe(`${read} expires (OpenAI)`)
    expect(event.description).toContain(`Place: ${read} (x)\nOwner: ${read}\nContact: ${read}`)
    expect(event.component.getFirstProperty('categories')?.getValues()).toEqual(['OpenAI', read])
  })

  it('replaces control characters and halves of characters', async () => {
    const { summary } = await onlyEvent({ name: 'a\0b\x1bc\x7fd\x9be\ud800f' })
    expect(summary).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf expires (OpenAI)')
  })

  it('cuts a long name, and not within a character', async () => {
    const { summary } = await onlyEvent({ name: `a${'😀'.repeat(100_000)}` })
    expect(summary).toBe(`a${'😀'.repeat(499)}…`)
  })

  it('has lines of at most 75 octets that are UTF-8 each, and no line break but CRLF', async () => {
    const certificates = hostileNames.map((name, index) => certificate({ name, id: String(index) }))
    const lines = Buffer.from(await render({ certificates, publicUrl: 'https://certgraph.example' }))
      .toString('latin1')
      .split('\r\n')
    expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([])
    expect(Math.max(...lines.map(({ length }) => length))).toBe(75)
    const decoder = new TextDecoder('utf-8', { fatal: true })
    for (const line of lines) expect(() => decoder.decode(Buffer.from(line, 'latin1'))).not.toThrow()
  })

  it('has a UID that depends on the certificate alone and shows no id of the vendor', async () => {
    const [first, second] = [await onlyEvent({}), await onlyEvent({ id: 'b3RoZXI=' })]
    const moved = await onlyEvent({ name: 'other', expiresAt: 0, place: { vendorId: 'x', label: 'x' } })
    expect(first.uid).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(moved.uid).toBe(first.uid)
    expect(second.uid).not.toBe(first.uid)
  })

  it('takes DTSTAMP from the reading of the certificate, and has no other time of a revision', async () => {
    const text = await render()
    expect(text.match(/^(DTSTAMP|LAST-MODIFIED|CREATED):.*/gm)?.map((line) => line.trim())).toEqual([
      'DTSTAMP:20260102T030405Z',
    ])
    expect(await render({ certificates: [certificate({ asOf: Date.parse('2026-01-02T03:09:05Z') })] })).toBe(
      text.replace('DTSTAMP:20260102T030405Z', 'DTSTAMP:20260102T030905Z'),
    )
  })

  it('tells programs its name and how often to ask, and has no method', async () => {
    const component = parse(await render())
    expect(component.getFirstPropertyValue('version')).toBe('2.0')
    expect(component.getFirstPropertyValue('prodid')).toMatch(/certgraph/)
    for (const property of ['name', 'x-wr-calname'])
      expect(component.getFirstPropertyValue(property)).toBe('Certificate expirations')
    expect(String(component.getFirstPropertyValue('refresh-interval'))).toBe('PT1H')
    expect(component.getFirstProperty('refresh-interval')?.type).toBe('duration')
    expect(component.getFirstPropertyValue('x-published-ttl')).toBe('PT1H')
    expect(component.hasProperty('method')).toBe(false)
  })
})

describe('the event of an incomplete calendar', () => {
  const incomplete: Incompleteness = {
    now: Date.parse('2028-02-29T23:59:59Z'),
    revisedAt: Date.parse('2028-02-28T10:12:00Z'),
    reasons: ['The list of certificates of C-1 could not be read: UPSTREAM_UNAVAILABLE: 503'],
    sources: [
      { vendor: 'Akamai CPS', place: { vendorId: 'C-1', label: 'Shop' }, since: Date.parse('2028-02-27T10:12:00Z') },
    ],
  }

  it('is today and says which source cannot be read since when, and why', async () => {
    const events = eventsIn(await render({ incomplete }))
    expect(events).toHaveLength(2)
    expect(events[0]?.summary).toBe('Incomplete: Akamai CPS Shop (C-1) cannot be read since 2028-02-27 10:12:00 UTC')
    expect(events[0]?.description).toContain('UPSTREAM_UNAVAILABLE')
    expect(events[0]?.startDate.toString()).toBe('2028-02-29')
    expect(events[0]?.component.getFirstPropertyValue('transp')).toBe('TRANSPARENT')
  })

  it('is the same event on each day, and has the same bytes on the whole day', async () => {
    const at = (time: string) => render({ incomplete: { ...incomplete, now: Date.parse(time) } })
    const [morning, evening, next] = [
      await at('2028-02-29T00:00:00Z'),
      await at('2028-02-29T23:59:59Z'),
      await at('2028-03-01T00:00:00Z'),
    ]
    expect(evening).toBe(morning)
    expect(eventsIn(next)[0]?.uid).toBe(eventsIn(morning)[0]?.uid)
    expect(eventsIn(next)[0]?.startDate.toString()).toBe('2028-03-01')
    expect(next).toContain('DTSTAMP:20280301T000000Z')
  })

  it('is revised with the readings', async () => {
    const revisedAt = Date.parse('2028-02-29T12:00:00Z')
    expect(await render({ incomplete: { ...incomplete, revisedAt } })).toContain('DTSTAMP:20280229T120000Z')
  })

  it('is one event for many sources: it names the one that fails for longest, and lists 20', async () => {
    const sources = Array.from({ length: 120 }, (_, index) => ({
      vendor: 'Akamai CPS',
      place: { vendorId: `C-${index}`, label: `C-${index}` },
      since: index === 60 ? 0 : Date.parse('2028-02-27T10:12:00Z'),
    }))
    const events = eventsIn(await render({ incomplete: { ...incomplete, sources } }))
    expect(events).toHaveLength(2)
    expect(events[0]?.summary).toBe(
      'Incomplete: Akamai CPS C-60 (and 119 more) cannot be read since 1970-01-01 00:00:00 UTC',
    )
    expect(events[0]?.description.split('\n')).toContain('and 100 more')
  })

  it('names a source with a known time before one without', async () => {
    const [known] = incomplete.sources
    const unknown = { vendor: 'OpenAI', place: { vendorId: 'org', label: 'org' }, since: null }
    const sources = [unknown, ...(known ? [known] : [])]
    const [event] = eventsIn(await render({ incomplete: { ...incomplete, sources } }))
    expect(event?.summary).toContain(' Shop (C-1) (and 1 more) cannot be read since 2028-02-27 10:12:00 UTC')
  })

  it('gives the reasons when no source is known', async () => {
    const [event] = eventsIn(
      await render({ incomplete: { ...incomplete, sources: [], reasons: ['a place is missing'] } }),
    )
    expect(event?.summary).toBe('Certificate expirations are incomplete')
    expect(event?.description).toContain('a place is missing')
  })
})

describe('the calendar of the sandbox', () => {
  it.each([
    [true, 'Certificate expirations (sandbox)'],
    [false, 'Certificate expirations'],
  ])('says in its name that certificates are invented: %s', async (isSandbox, name) => {
    const settings = { publicUrl: null, isSandbox, version: '1.0.0', brands: new Map<string, string>() }
    const lists = { incompleteReasons: [], staleReasons: [], conditions: [], sources: [], failedSources: [] }
    let text = ''
    for await (const part of ics.write({ settings, now: 0, ...lists, async *rows() {} }, endlessTimeSlice, {}))
      text += part
    for (const property of ['name', 'x-wr-calname'])
      expect(new ICAL.Component(ICAL.parse(text) as []).getFirstPropertyValue(property)).toBe(name)
  })
})
