import { toAscii } from '../plain-line.ts'
import { toTable } from '../table.ts'
import { nameOf } from './certificate-name.ts'
import type { JudgedCertificate, Verdict } from './verdict.ts'

/** Nagios reads what follows a vertical bar as performance data, on every line. */
const withoutBars = (text: string, length?: number): string => toAscii(text, length).replaceAll('|', '/')

/** The first line, for people who read nothing else, with the performance data of the Nagios plugin API. */
export function toFirstLine({ status, parts, counts, problems, total, sources }: Verdict): string {
  const data = {
    expired: counts.EXPIRED,
    critical: counts.CRITICAL,
    warning: counts.WARNING,
    unknown: counts.UNKNOWN,
    problems: problems.length,
    certificates: total,
  }
  // Without an answer, zeros would look like a good state.
  if (total === 0 && sources.length === 0) return toSummary({ status, parts })
  const performance = Object.entries(data).map(([name, value]) => `${name}=${value};;;0`)
  return `${toSummary({ status, parts })} | ${performance.join(' ')}`
}

/** The first line without performance data. */
export function toSummary({ status, parts }: Pick<Verdict, 'status' | 'parts'>): string {
  return `CERTGRAPH ${status} - ${parts.map((part) => withoutBars(part, 300)).join(', ')}`
}

/** The first line, a table of the certificates, and the problems. */
export function toText(verdict: Verdict): string {
  const { certificates, problems } = verdict
  const first = toFirstLine(verdict)
  const details = problems
    .map(({ text, detail }) => withoutBars(detail === null ? text : `${text}: ${detail}`, 500))
    // What the first line says in full is not repeated.
    .filter((line) => !first.includes(line))
  return [
    first,
    ...(certificates.length > 0 ? ['', ...toRows(certificates)] : []),
    ...(details.length > 0 ? ['', 'Problems:', ...details.map((line) => `  ${line}`)] : []),
    '',
  ].join('\n')
}

function toRows(certificates: readonly JudgedCertificate[]): readonly string[] {
  const hasOwners = certificates.some(({ owner }) => owner)
  const header = ['STATUS', 'EXPIRES', 'DAYS', 'VENDOR', 'PLACE', ...(hasOwners ? ['OWNER'] : []), 'NAME']
  const rows = certificates.map(({ level, expiresAt, daysLeft, provider, owner, ...certificate }) => [
    level,
    expiresAt?.slice(0, 10) ?? '-',
    daysLeft === null ? '-' : String(daysLeft),
    provider,
    withoutBars(certificate.place.label, 40),
    ...(hasOwners ? [owner ? withoutBars(owner.name, 40) : '-'] : []),
    withoutBars(nameOf(certificate)),
  ])
  return toTable([header, ...rows], (column) => column === 'DAYS')
}
