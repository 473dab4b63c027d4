import { toLine } from '../plain-line.ts'
import { nameOf, vendorIdOf } from './certificate-name.ts'
import { toSummary } from './text.ts'
import type { JudgedCertificate, Verdict } from './verdict.ts'

/**
 * The result as a JUnit report: a test case for each reading and for each certificate that is not OK. What is due is a
 * failure, what is not certain an error.
 */
export function toJUnit(verdict: Verdict): string {
  const { certificates, problems, sources } = verdict
  const failed = new Set(problems.flatMap(({ source }) => source ?? []))
  const cases = withDistinctNames([
    ...sources
      .filter((source) => !failed.has(source))
      .map(({ place, kind }) => ({
        group: place.provider,
        name: `${place.vendorId} ${kind}`,
        further: [place.label, place.id],
        result: '',
      })),
    ...problems.map(({ text, detail, source }) => ({
      group: source?.place.provider ?? 'certgraph',
      name: source ? `${source.place.vendorId} ${source.kind}` : text,
      further: source ? [source.place.label, source.place.id] : [],
      result: element('error', { message: text, type: source?.error?.code ?? 'UNKNOWN' }, detail ?? text),
    })),
    ...certificates.map((certificate) => ({
      group: `${certificate.provider} ${certificate.place.label}`,
      name: nameOf(certificate),
      further: [vendorIdOf(certificate), certificate.place.vendorId, certificate.id],
      result: element(
        certificate.level === 'UNKNOWN' ? 'error' : 'failure',
        { message: toMessage(certificate), type: certificate.level },
        `${toMessage(certificate)}; id ${certificate.id}`,
      ),
    })),
  ])
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

interface TestCase {
  readonly group: string
  readonly name: string
  /** What tells it apart from others of the same name, most readable first. */
  readonly further: readonly string[]
  readonly result: string
}

const keyOf = ({ group, name }: TestCase) => JSON.stringify([toLine(group, 500), name])

/** Programs that read reports keep one test case of each name. */
function withDistinctNames(cases: readonly TestCase[]): readonly TestCase[] {
  let named = cases.map((each) => ({ ...each, name: toLine(each.name, 200) }))
  const longest = Math.max(0, ...cases.map(({ further }) => further.length))
  for (let part = 0; part < longest; part += 1) {
    const counts = new Map<string, number>()
    for (const each of named) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1)
    named = named.map((each) => {
      const more = each.further[part]
      return more === undefined || counts.get(keyOf(each)) === 1
        ? each
        : { ...each, name: `${each.name} (${toLine(more)})` }
    })
  }
  const seen = new Map<string, number>()
  return named.map((each) => {
    const number = (seen.get(keyOf(each)) ?? 0) + 1
    seen.set(keyOf(each), number)
    return number === 1 ? each : { ...each, name: `${each.name} #${number}` }
  })
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
