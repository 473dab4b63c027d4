import { toLine } from '../plain-line.ts'
import { toSummary } from './text.ts'
import type { JudgedCertificate, Verdict } from './verdict.ts'

/**
 * The result as a JUnit report: a test case for each reading and for each certificate that is not OK. What is due is a
 * failure, what is not certain an error.
 */
export function toJUnit(verdict: Verdict): string {
  const { certificates, problems, sources } = verdict
  const failed = new Set(problems.flatMap(({ source }) => source ?? []))
  const cases = [
    ...sources
      .filter((source) => !failed.has(source))
      .map(({ place, kind }) => ({ group: place.provider, name: `${place.vendorId} ${kind}`, result: '' })),
    ...problems.map(({ text, detail, source }) => ({
      group: source?.place.provider ?? 'certgraph',
      name: source ? `${source.place.vendorId} ${source.kind}` : text,
      result: element('error', { message: text, type: source?.error?.code ?? 'UNKNOWN' }, detail ?? text),
    })),
    ...certificates.map((certificate) => ({
      group: `${certificate.provider} ${certificate.place.label}`,
      name: certificate.name ?? certificate.id,
      result: element(
        certificate.level === 'UNKNOWN' ? 'error' : 'failure',
        { message: toMessage(certificate), type: certificate.level },
        `${toMessage(certificate)}; id ${certificate.id}`,
      ),
    })),
  ]
  const errors = problems.length + verdict.counts.UNKNOWN
  const counts = {
    tests: String(cases.length),
    failures: String(certificates.length - verdict.counts.UNKNOWN),
    errors: String(errors),
  }
  const rows = cases.map(
    ({ group, name, result }) =>
      `    <testcase classname="${toXml(group)}" name="${toXml(name)}"${result === '' ? '/>' : `>${result}</testcase>`}`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes(counts)}>`,
    `  <testsuite${attributes({ name: 'certgraph check', ...counts })}>`,
    ...rows,
    `    <system-out>${toXml(toSummary(verdict))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** When a certificate expires, in words, and its owner. */
export function toMessage(certificate: JudgedCertificate): string {
  const { owner } = certificate
  return owner ? `${toExpiryText(certificate)}; owner ${owner.name}` : toExpiryText(certificate)
}

function toExpiryText({ level, expiresAt, daysLeft }: JudgedCertificate): string {
  if (expiresAt === null) return level === 'EXPIRED' ? 'has expired, as the vendor says' : 'has no known expiry'
  const days = Math.abs(daysLeft ?? 0)
  const count = `${days} ${days === 1 ? 'day' : 'days'}`
  return level === 'EXPIRED' ? `expired ${count} ago, at ${expiresAt}` : `expires in ${count}, at ${expiresAt}`
}

function element(name: string, values: Readonly<Record<string, string>>, text: string): string {
  return `<${name}${attributes(values)}>${toXml(text)}</${name}>`
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${toXml(value)}"`)
    .join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Control characters and half surrogate pairs are not allowed in XML 1.0, escaped or not. */
function toXml(text: string): string {
  return toLine(text, 500).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
