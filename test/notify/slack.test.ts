import { describe, expect, it } from '@jest/globals'
import { toCertificatePayload, toSourcePayload, toTestPayload } from '../../src/notify/payload.ts'
import { toSlackMessage } from '../../src/notify/slack-message.ts'
import { addToSummary, toSummaryMessage } from '../../src/notify/summary.ts'
import { changeOf } from '../support/recorded-changes.ts'

const day = 86_400_000
const options = {
  publicUrl: 'https://certgraph.example/a&b',
  expiry: { critical: 14 * day, warning: 30 * day },
  redact: (text: string) => text,
}
const place = { id: 'p', provider: 'OPENAI', vendorId: 'org_acme', name: 'Acme' }
const payloadOf = (name: string | null, more: object = {}) =>
  toCertificatePayload(
    {
      change: changeOf(1, { kind: 'EXPIRING', expiryStatus: 'CRITICAL', name, ...more }),
      place,
      certificate: null,
      owner: { name: 'shop', contact: '#shop', runbookUrl: 'https://runbooks.example' },
      status: 'CRITICAL',
    },
    options,
  )
const textOf = (payload: Parameters<typeof toSlackMessage>[0]) => (toSlackMessage(payload) as { text: string }).text

describe('a message for Slack', () => {
  it('says what has happened, in plain text', () => {
    expect(toSlackMessage(payloadOf('gateway', { certificateId: 'c/1' }))).toEqual({
      text: [
        'Certificate gateway is about to expire in Acme (OPENAI org_acme)',
        'status CRITICAL, expires 2030-01-15T00:00:00.000Z, owner shop, #shop',
        '<https://certgraph.example/a&amp;b/certificates/c%2F1|Open in certgraph>',
        'Runbook: https://runbooks.example',
      ].join('\n'),
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
    })
  })

  it.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<https://evil.example|gateway>', '&lt;https://evil.example|gateway&gt;'],
    ['a&b&lt;', 'a&amp;b&amp;lt;'],
    ['a\nCertificate b', 'a Certificate b'],
    ['a\u2028b\u202ec\u0007', 'a b c'],
  ])('escapes the name %j', (name, escaped) => {
    expect(textOf(payloadOf(name)).split('\n')).toHaveLength(4)
    expect(textOf(payloadOf(name))).toContain(`Certificate ${escaped} is about to expire`)
  })

  it('cuts long names, so that the message fits', () => {
    const text = textOf(payloadOf('<'.repeat(5_000)))
    expect(text.length).toBeLessThan(4_000)
    expect(text).toContain(`${'&lt;'.repeat(300)}… is about to expire`)
  })

  it('says of a certificate with the status WARNING that it expires soon', () => {
    expect(textOf(payloadOf('a', { expiryStatus: 'WARNING' }))).toMatch(/^Certificate a expires soon in Acme/)
  })

  it('names a certificate without a name by its id', () => {
    expect(textOf(payloadOf(null, { certificateId: 'id-1' }))).toMatch(/^Certificate id-1 is about to expire/)
  })

  it('says when a source cannot be read, and when it can again', () => {
    const event = { place, sourceKind: 'CERTIFICATES', since: 0, at: 60_000 }
    const error = { code: 'UPSTREAM_UNAVAILABLE', message: 'OpenAI answered <503>', httpStatus: 503 }
    expect(textOf(toSourcePayload({ ...event, kind: 'SOURCE_UNAVAILABLE', error }, options))).toBe(
      'Source Acme (OPENAI org_acme) (CERTIFICATES) has been unreadable since 1970-01-01T00:00:00.000Z\nUPSTREAM_UNAVAILABLE: OpenAI answered &lt;503&gt;',
    )
    expect(textOf(toSourcePayload({ ...event, kind: 'SOURCE_RECOVERED', error: null }, options))).toBe(
      'Source Acme (OPENAI org_acme) (CERTIFICATES) can be read again. It had been unreadable since 1970-01-01T00:00:00.000Z',
    )
  })

  it('counts what is beyond the limit', () => {
    const message = { id: 'm', payload: payloadOf('a'), status: 'CRITICAL' as const, at: 0 }
    const expired = { ...message, payload: { ...message.payload, type: 'certificate.expired' }, at: 1_000 }
    const summary = addToSummary(addToSummary(addToSummary(null, message), message), expired)
    expect(textOf(toSummaryMessage(summary).payload)).toBe(
      [
        '3 more changes from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z',
        'certificate.expiring: 2',
        'certificate.expired: 1',
        'Worst status: CRITICAL',
      ].join('\n'),
    )
  })

  it('marks a test', () => {
    expect(textOf(toTestPayload(0))).toBe('This is a test of certgraph. No certificate has changed.')
  })
})
