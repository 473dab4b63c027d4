import { toCertificatesHref } from './certificate-query.ts'
import { toClockSkew } from './clock-skew.ts'
import { formatCount, formatExactTime, formatLength, formatMoment, formatNumber, formatRelative } from './format.ts'
import type { ExpiryStatus, OverviewQuery } from './generated/graphql.ts'
import { sourcesPath } from './routes.ts'
import { toFailureText, toSourceName, toVendorName } from './vocabulary.ts'

type Statistics = NonNullable<OverviewQuery['certificateStatistics']>
type Source = Statistics['sources'][number]

/** What the verdict is made from. */
export interface VerdictBasis {
  /** The last answer. Null before the first one. */
  readonly answer: OverviewQuery | null
  /** When it was received. */
  readonly receivedAt: number | null
  readonly now: number
  /** Since when the view is open: the time without a connection begins here if there was never an answer. */
  readonly openedAt: number
  /** Why there is no answer. Null while the first one is loaded. */
  readonly problem: string | null
  /** By how much the clock of this computer differed from the server's at the last answer, in milliseconds. */
  readonly clockSkew: number
  /** Since when this page has found a source failing, by its id. */
  readonly failingSince: ReadonlyMap<string, number>
}

/** A part of the sentence. A link leads to the list or source that it is about. */
interface VerdictPart {
  /** What it is about. It stays the same while only times move on, so that screen readers do not repeat the verdict. */
  readonly topic: string
  readonly text: string
  readonly href?: string
  /** The exact time, for a tooltip. */
  readonly title?: string
}

export interface Verdict {
  readonly kind: 'loading' | 'clear' | 'trouble' | 'disconnected'
  readonly parts: readonly VerdictPart[]
}

/** An answer that is older says nothing about the present. The page refreshes every minute. */
export const maxAnswerAge = 120_000

/** How many failures the verdict describes. */
const describedFailures = 2

/** The first line of the page: whether anything needs attention; if so what, since when and why. */
export function toVerdict(basis: VerdictBasis): Verdict {
  const { answer, receivedAt, now, openedAt, problem } = basis
  const since = receivedAt ?? openedAt
  // The view was left for a while, and its answer is about to be replaced.
  const isOpening = problem === null && now - openedAt <= maxAnswerAge
  if (now - since > maxAnswerAge && isOpening) return { kind: 'loading', parts: [] }
  if (now - since > maxAnswerAge)
    return {
      kind: 'disconnected',
      parts: [
        { topic: 'connection', text: `Not connected since ${formatMoment(since, now)}`, title: formatExactTime(since) },
      ],
    }
  if (!answer && problem !== null) return { kind: 'disconnected', parts: [{ topic: 'problem', text: problem }] }
  if (!answer) return { kind: 'loading', parts: [] }
  const { certificateStatistics: statistics } = answer
  if (!statistics) return trouble([{ topic: 'count', text: 'The certificates could not be counted' }])
  const parts = [
    ...toSourceParts(statistics, basis),
    ...toStatusParts(answer, statistics, now),
    ...toSkewParts(answer, basis),
  ]
  if (parts.length > 0) return trouble(parts)
  // Not reached while the server gives a reason for what is missing. Without one, it is not all clear either.
  if (!statistics.complete || !statistics.fresh)
    return trouble([
      {
        topic: 'completeness',
        text: statistics.complete ? 'Some data is old' : 'The data is incomplete',
        href: sourcesPath,
      },
    ])
  return { kind: 'clear', parts: [toAllClear(statistics, now)] }
}

const trouble = (parts: readonly VerdictPart[]): Verdict => ({ kind: 'trouble', parts })

/** Every time and status depends on the clocks. */
function toSkewParts(answer: OverviewQuery, { receivedAt, now, clockSkew }: VerdictBasis): VerdictPart[] {
  const skew = toClockSkew({ answer, receivedAt: receivedAt ?? now, clockSkew })
  if (skew === null) return []
  return [{ topic: 'clocks', text: `The clocks of this computer and the server differ by ${formatLength(skew)}` }]
}

function toAllClear({ sources, total }: Statistics, now: number): VerdictPart {
  const times = sources.flatMap(({ asOf }) => (asOf === null ? [] : [Date.parse(asOf)]))
  const oldest = Math.min(now, ...times)
  return {
    topic: `clear ${sources.length} ${total === 0}`,
    text: `All clear: ${total === 0 ? '0 certificates, ' : ''}${formatCount(sources.length, 'source')} read, oldest ${formatRelative(oldest, now)}`,
    href: sourcesPath,
    title: formatExactTime(oldest),
  }
}

function toSourceParts(statistics: Statistics, { now, failingSince }: VerdictBasis): VerdictPart[] {
  const { sources, incompleteReasons } = statistics
  if (sources.length === 0 && incompleteReasons.length === 0)
    return [{ topic: 'sources', text: 'No sources: no place is configured that you may see', href: sourcesPath }]
  const failures = toFailures(sources.filter(({ status }) => status !== 'OK'))
  const parts = failures.slice(0, describedFailures).map((failure) => toFailurePart(failure, now, failingSince))
  const others = failures.slice(describedFailures).flat()
  if (others.length > 0)
    parts.push({
      topic: `more ${others.length}`,
      text: `${formatCount(others.length, 'more source')} cannot be read`,
      href: toSourcesHref([], others),
    })
  const unreadable = sources.filter(({ unreadableRows }) => unreadableRows > 0)
  for (const source of unreadable.slice(0, describedFailures)) {
    const rows = formatCount(source.unreadableRows, 'row')
    parts.push({
      topic: `rows ${source.id}`,
      text: `${rows} of ${toSourceName(source)} cannot be read`,
      href: toSourcesHref([source.place.provider]),
    })
  }
  // What the sources do not explain, such as a place in the list of the caller that exists nowhere.
  if (parts.length === 0)
    parts.push(
      ...incompleteReasons.map((reason) => ({ topic: reason, text: reason.replace(/\.$/, ''), href: sourcesPath })),
    )
  return parts
}

/** The view of the sources with the vendors and the statuses of these. */
function toSourcesHref(providers: readonly string[], sources: readonly Source[] = []): string {
  const parameters = new URLSearchParams(providers.map((provider) => ['providers', provider]))
  for (const status of new Set(sources.map((source) => source.status))) parameters.append('statuses', status)
  return `${sourcesPath}?${parameters}`
}

/** The failing sources, those of a vendor with the same error together. */
function toFailures(failing: readonly Source[]): readonly (readonly [Source, ...Source[]])[] {
  const groups = new Map<string, [Source, ...Source[]]>()
  for (const source of failing) {
    const key = `${source.place.provider} ${source.error?.code}`
    const group = groups.get(key)
    if (group) group.push(source)
    else groups.set(key, [source])
  }
  return [...groups.values()]
}

/** A stale source has the time of its last reading. Of one that has none, only the time is known at which the page noticed it. */
function toFailurePart(
  sources: readonly [Source, ...Source[]],
  now: number,
  failingSince: ReadonlyMap<string, number>,
): VerdictPart {
  const [first] = sources
  const { error, place } = first
  const times = sources.map(({ id, asOf }) => (asOf === null ? (failingSince.get(id) ?? now) : Date.parse(asOf)))
  const time = Math.min(...times)
  const isRead = sources.every(({ asOf }) => asOf !== null)
  const since = `since ${formatMoment(time, now)}${isRead ? '' : ' or earlier'}`
  const name =
    sources.length === 1
      ? toSourceName(first)
      : `${formatNumber(sources.length)} sources of ${toVendorName(place.provider)}`
  return {
    topic: `${first.id} ${sources.length} ${error?.code}`,
    text: `${name} cannot be read ${since}${error ? `: ${toFailureText(error.code)}` : ''}`,
    href: toSourcesHref([place.provider], sources),
    title: `${isRead ? 'Last read' : 'Noticed'} ${formatExactTime(time)}${error ? `\n${error.code}: ${error.message}` : ''}`,
  }
}

function toStatusParts(answer: OverviewQuery, { byExpiryStatus }: Statistics, now: number): VerdictPart[] {
  const countOf = (status: ExpiryStatus) => byExpiryStatus.find(({ key }) => key === status)?.count ?? 0
  const toPart = (status: ExpiryStatus, text: string, end: number | null = null): VerdictPart => ({
    topic: `${status} ${countOf(status)}`,
    text,
    href: toCertificatesHref({ conditions: { expiryStatuses: [status] } }),
    ...(end === null ? {} : { title: formatExactTime(end) }),
  })
  const [expired, critical, unknown] = [countOf('EXPIRED'), countOf('CRITICAL'), countOf('UNKNOWN')]
  const parts: VerdictPart[] = []
  // Only the first count needs the noun.
  const toCount = (count: number) => (parts.length === 0 ? formatCount(count, 'certificate') : formatNumber(count))
  if (expired > 0) {
    const end = toTime(answer.lastExpired?.nodes[0]?.expiresAt)
    const when = end === null ? '' : `${expired === 1 ? '' : ', the last one'} ${formatRelative(end, now)}`
    parts.push(toPart('EXPIRED', `${toCount(expired)} expired${when}`, end))
  }
  if (critical > 0) {
    const end = toTime(answer.next?.nodes.find(({ expiryStatus }) => expiryStatus === 'CRITICAL')?.expiresAt)
    const when =
      end === null ? '' : `, ${critical === 1 ? 'expiring' : 'the next one expiring'} ${formatRelative(end, now)}`
    parts.push(toPart('CRITICAL', `${toCount(critical)} critical${when}`, end))
  }
  if (unknown > 0) parts.push(toPart('UNKNOWN', `${toCount(unknown)} of unknown expiry`))
  return parts
}

const toTime = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null)
