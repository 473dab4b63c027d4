import type { CheckedCertificate, CheckedSource } from './operation.ts'
import type { CheckedState } from './read-certificates.ts'
import type { Selection } from './selection.ts'

/** The exit codes of the Nagios plugin API (https://nagios-plugins.org/doc/guidelines.html#AEN78). */
const exitCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const
type CheckStatus = keyof typeof exitCodes

/** What a check says about a certificate. */
type CertificateLevel = 'CRITICAL' | 'EXPIRED' | 'UNKNOWN' | 'WARNING'

export interface JudgedCertificate extends CheckedCertificate {
  readonly level: CertificateLevel
  /** Whole days left, rounded down. Null when the expiry is not known. */
  readonly daysLeft: number | null
}

/** Why the result is not certain. */
interface CheckProblem {
  /** A few words for the first line. */
  readonly text: string
  /** For people who look for the cause; null when the text says it all. */
  readonly detail: string | null
  /** The reading that failed; null when the problem is another one. */
  readonly source: CheckedSource | null
}

export interface Verdict {
  readonly status: CheckStatus
  readonly exitCode: number
  /** What decides, most important first. */
  readonly parts: readonly string[]
  readonly certificates: readonly JudgedCertificate[]
  readonly problems: readonly CheckProblem[]
  readonly sources: readonly CheckedSource[]
  /** How many certificates were checked. */
  readonly total: number
  readonly counts: Readonly<Record<CertificateLevel, number>>
}

interface Judging {
  readonly now: number
  readonly thresholds: Pick<Selection, 'warning' | 'critical'>
  /** The name of a vendor. */
  brandOf(provider: string): string
}

const day = 86_400_000
/** What the levels usually mean. The server may be configured otherwise, and may take the lifetime into account. */
const usualDays = { CRITICAL: 14, WARNING: 30 }
/** More problems are counted in the first line. */
const maxNamedProblems = 3

/** Judges what was read: 2 (critical) wins over 3 (unknown), and 3 over 1 (warning). All that counts is named. */
export function judge(state: CheckedState, { now, thresholds, brandOf }: Judging): Verdict {
  const certificates = state.suspects
    .flatMap((certificate) => {
      const level = levelOf(certificate, thresholds, now)
      return level === 'OK' ? [] : [{ ...certificate, level, daysLeft: daysLeft(certificate, now) }]
    })
    .sort(byLevel)
  const counts = { EXPIRED: 0, CRITICAL: 0, WARNING: 0, UNKNOWN: 0 }
  for (const { level } of certificates) counts[level] += 1
  const problems = findProblems(state, now, brandOf)
  const status = statusOf(counts, problems.length)
  const named = problems.slice(0, maxNamedProblems).map(({ text }) => text)
  const rest = problems.length - named.length
  const parts = [
    ...(counts.EXPIRED > 0 ? [`${counts.EXPIRED} expired`] : []),
    ...levelPart(certificates, 'CRITICAL', thresholds.critical),
    ...named,
    ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'problem' : 'problems'}`] : []),
    ...(counts.UNKNOWN > 0 ? [`${counts.UNKNOWN} of unknown expiry`] : []),
    ...levelPart(certificates, 'WARNING', thresholds.warning),
  ]
  return {
    status,
    exitCode: exitCodes[status],
    parts:
      parts.length > 0 ? parts : [`${state.total} ${state.total === 1 ? 'certificate' : 'certificates'}, none is due`],
    certificates,
    problems,
    sources: state.sources,
    total: state.total,
    counts,
  }
}

function statusOf({ EXPIRED, CRITICAL, UNKNOWN, WARNING }: Verdict['counts'], problems: number): CheckStatus {
  if (EXPIRED + CRITICAL > 0) return 'CRITICAL'
  if (UNKNOWN + problems > 0) return 'UNKNOWN'
  return WARNING > 0 ? 'WARNING' : 'OK'
}

/** A threshold that is not given is that of the server. */
function levelOf(
  { expiresAt, expiryStatus }: CheckedCertificate,
  { warning, critical }: Judging['thresholds'],
  now: number,
): CertificateLevel | 'OK' {
  if (expiryStatus === 'EXPIRED') return 'EXPIRED'
  if (expiresAt === null) return 'UNKNOWN'
  const left = Date.parse(expiresAt) - now
  if (left <= 0) return 'EXPIRED'
  if (critical === undefined ? expiryStatus === 'CRITICAL' : left <= critical) return 'CRITICAL'
  const isWarning = expiryStatus === 'CRITICAL' || expiryStatus === 'WARNING'
  if (warning === undefined ? isWarning : left <= warning) return 'WARNING'
  return 'OK'
}

const levelOrder: readonly CertificateLevel[] = ['EXPIRED', 'CRITICAL', 'UNKNOWN', 'WARNING']

/** The worst first, and of a level those that expire first. */
function byLevel(a: JudgedCertificate, b: JudgedCertificate): number {
  const time = ({ expiresAt }: CheckedCertificate) => (expiresAt === null ? Number.MAX_VALUE : Date.parse(expiresAt))
  return levelOrder.indexOf(a.level) - levelOrder.indexOf(b.level) || time(a) - time(b) || (a.id < b.id ? -1 : 1)
}

function daysLeft({ expiresAt }: CheckedCertificate, now: number): number | null {
  return expiresAt === null ? null : Math.floor((Date.parse(expiresAt) - now) / day)
}

/** A number of days is named that holds for each of the certificates. */
function levelPart(
  certificates: readonly JudgedCertificate[],
  level: keyof typeof usualDays,
  threshold: number | undefined,
): readonly string[] {
  const days = certificates.filter((each) => each.level === level).map((each) => each.daysLeft ?? 0)
  if (days.length === 0) return []
  const within =
    threshold === undefined
      ? `${Math.max(usualDays[level], ...days.map((left) => left + 1))}d`
      : toDurationText(threshold)
  return [`${days.length} within ${within}`]
}

function toDurationText(milliseconds: number): string {
  return milliseconds % day === 0 ? `${milliseconds / day}d` : `${milliseconds / 3_600_000}h`
}

function findProblems(
  { sources, incompleteReasons, errors }: CheckedState,
  now: number,
  brandOf: Judging['brandOf'],
): readonly CheckProblem[] {
  const failed = sources.flatMap((source) => {
    const text = sourceText(source, now, brandOf)
    return text === null ? [] : [{ text, detail: source.error?.message ?? null, source }]
  })
  const incomplete = failed.filter(({ source }) => source.status === 'FAILED' || source.unreadableRows > 0).length
  const others = incompleteReasons.length - incomplete
  const reasons = incompleteReasons.join(' ')
  return [
    ...errors.map((text) => ({ text, detail: null, source: null })),
    ...failed,
    // A failed source is a reason, too.
    ...(others > 0 ? [{ text: 'the answer is incomplete', detail: reasons, source: null }] : []),
  ]
}

/** What is wrong with a reading; null when nothing is. */
function sourceText(
  { kind, status, asOf, unreadableRows, place, error }: CheckedSource,
  now: number,
  brandOf: Judging['brandOf'],
): string | null {
  const what = kind === 'CERTIFICATES' ? '' : ` ${kind === 'DISCOVERY' ? 'list of places' : kind.toLowerCase()}`
  const name = `${brandOf(place.provider)} ${place.vendorId}${what}`
  const reason = error ? ` (${error.httpStatus ?? error.code})` : ''
  if (status === 'FAILED') return `${name} unreadable${reason}`
  if (status === 'STALE')
    return `${name} not read ${asOf === null ? 'lately' : `for ${ageText(now - Date.parse(asOf))}`}${reason}`
  if (unreadableRows > 0) return `${name} has ${unreadableRows} unreadable ${unreadableRows === 1 ? 'row' : 'rows'}`
  return null
}

function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} d`
}
