import { isObject } from '../is-object.ts'
import type { Payload } from './payload.ts'

/** Characters of one text of a vendor in a message. Slack shows at most 4,000 of a message. */
const maxText = 300

/** What would begin another line, or change the direction of the texts beside it. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

/**
 * The body for an incoming webhook of Slack. Its text is plain: `mrkdwn` is off, so that the name of a certificate cannot
 * format it, and Slack's three control characters are escaped, so that it cannot mention a channel or add a link.
 */
export function toSlackMessage({ type, data }: Payload): object {
  return { text: textOf(type, data), mrkdwn: false, unfurl_links: false, unfurl_media: false }
}

function textOf(type: string, data: Payload['data']): string {
  const { change, source, link } = data
  if (isObject(change)) return changeText(change, data, link)
  if (isObject(source)) return sourceText(type, source)
  if (type === 'changes.summary') return summaryText(data)
  return plain(data['message'])
}

const verbs: Readonly<Record<string, string>> = {
  ACTIVATED: 'was activated',
  APPEARED: 'appeared',
  DEACTIVATED: 'was deactivated',
  EXPIRED: 'has expired',
  EXPIRING: 'expires soon',
  RENEWED: 'was renewed',
  VANISHED: 'is gone',
}

function changeText(change: Readonly<Record<string, unknown>>, data: Payload['data'], link: unknown): string {
  const { kind, name, certificateId, place, expiresAt } = change
  const { owner, expiryStatus } = data
  const facts = [
    `status ${plain(expiryStatus)}`,
    ...(typeof expiresAt === 'string' ? [`${kind === 'EXPIRED' ? 'expired' : 'expires'} ${plain(expiresAt)}`] : []),
    ...(isObject(owner)
      ? [`owner ${plain(owner['name'])}`, ...(owner['contact'] ? [plain(owner['contact'])] : [])]
      : []),
  ]
  const isImminent = kind === 'EXPIRING' && change['expiryStatus'] === 'CRITICAL'
  const verb = isImminent ? 'is about to expire' : (verbs[String(kind)] ?? plain(kind))
  const lines = [
    `Certificate ${plain(name ?? certificateId)} ${verb} in ${placeText(place)}`,
    facts.join(', '),
    ...(typeof link === 'string' ? [`<${escaped(link)}|Open in certgraph>`] : []),
    ...(isObject(owner) && typeof owner['runbookUrl'] === 'string' ? [`Runbook: ${plain(owner['runbookUrl'])}`] : []),
  ]
  return lines.join('\n')
}

function sourceText(type: string, { place, kind, unavailableSince, error }: Readonly<Record<string, unknown>>): string {
  const what = `${placeText(place)} (${plain(kind)})`
  if (type === 'source.recovered')
    return `Source ${what} can be read again. It had been unreadable since ${plain(unavailableSince)}`
  const reason = isObject(error) ? `\n${plain(error['code'])}: ${plain(error['message'])}` : ''
  return `Source ${what} has been unreadable since ${plain(unavailableSince)}${reason}`
}

function summaryText({ counts, total, worstStatus, since, until }: Payload['data']): string {
  const listed = Object.entries(isObject(counts) ? counts : {}).map(
    ([type, count]) => `${plain(type)}: ${String(count)}`,
  )
  const worst = typeof worstStatus === 'string' ? [`Worst status: ${plain(worstStatus)}`] : []
  return [`${plain(total)} more changes from ${plain(since)} to ${plain(until)}`, ...listed, ...worst].join('\n')
}

function placeText(place: unknown): string {
  if (!isObject(place)) return 'an unknown place'
  const { provider, vendorId, name } = place
  const id = `${plain(provider)} ${plain(vendorId)}`
  return name ? `${plain(name)} (${id})` : id
}

/** A value on one line, as text that Slack does not interpret. */
function plain(value: unknown): string {
  const text = String(value).replace(unprintable, ' ').trim()
  return escaped([...text].length > maxText ? `${[...text].slice(0, maxText).join('')}…` : text)
}

/** Escapes Slack's control characters. https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
