import type { PlaceLimitsQuery, PlacesQuery, SourceStatus, SourcesQuery } from './generated/graphql.ts'
import { toPlaceName, toVendorName } from './vocabulary.ts'

/** The report on reading a place. */
export type SourceRow = NonNullable<SourcesQuery['certificateStatistics']>['sources'][number]

/** The rate limit of a place. Undefined while it is loaded; null when none is known. */
export type RateLimitOf = (placeId: string) => PlaceRow['rateLimit'] | undefined

type PlaceRow = NonNullable<PlacesQuery['certificatePlaces']>['nodes'][number]

export const toSourceRow = ({ source, ...place }: PlaceRow): SourceRow => ({ ...source, place })

type PlaceAnswer = { readonly nodes: readonly (PlaceLimitsQuery['nodes'][number] | PlaceRow)[] }

/** The rate limits in an answer about single places. A place that the reader may not see has none. */
export function toRateLimitOf(answer: PlaceAnswer | null): RateLimitOf {
  if (answer === null) return () => undefined
  const limits = new Map(
    answer.nodes.flatMap((node) => (node && 'rateLimit' in node ? [[node.id, node.rateLimit] as const] : [])),
  )
  return (placeId) => limits.get(placeId) ?? null
}

/** Trouble first: the lower, the more urgent. */
function toUrgency({ status, unreadableRows, place }: SourceRow): number {
  if (status === 'FAILED') return 0
  if (status === 'STALE') return 1
  return unreadableRows > 0 ? 2 : place.circuitOpen ? 3 : 4
}

/** The sources in the order in which they need attention, then by vendor and name. */
export const toSorted = (rows: readonly SourceRow[]): readonly SourceRow[] =>
  [...rows].sort(
    (one, other) =>
      toUrgency(one) - toUrgency(other) ||
      toPlaceName(one.place).localeCompare(toPlaceName(other.place), 'en', { numeric: true }) ||
      one.kind.localeCompare(other.kind),
  )

interface SourceConditions {
  readonly providers: readonly string[]
  readonly statuses: readonly SourceStatus[]
}

export const toFiltered = (rows: readonly SourceRow[], { providers, statuses }: SourceConditions) =>
  rows.filter(
    ({ status, place }) =>
      (providers.length === 0 || providers.includes(place.provider)) &&
      (statuses.length === 0 || statuses.includes(status)),
  )

/** The vendors of the sources, by their names. */
export const toVendors = (rows: readonly SourceRow[]): readonly string[] =>
  [...new Set<string>(rows.map(({ place }) => place.provider))].sort((one, other) =>
    toVendorName(one).localeCompare(toVendorName(other), 'en'),
  )

/** What to do about an error, for the person who looks at it. The documentation of the error codes has more. */
const advice: Readonly<Record<string, string>> = {
  UPSTREAM_UNAUTHENTICATED: 'Check the credential in the configuration. It may have been revoked.',
  UPSTREAM_FORBIDDEN: 'Give the credential the permission that it lacks at the vendor.',
  UPSTREAM_NOT_FOUND: 'Check the ids in the configuration.',
  UPSTREAM_INVALID_REQUEST: 'Read the message. If the request looks right, report a bug in certgraph.',
  UPSTREAM_RATE_LIMITED: 'Wait: it is read again when the limit allows it.',
  UPSTREAM_UNAVAILABLE: 'Check the status page of the vendor and the network. It is read again by itself.',
  UPSTREAM_TIMEOUT: 'The reading continues in the background. If it recurs, raise upstream.timeout.',
  UPSTREAM_MALFORMED_RESPONSE: 'Check baseUrl. If it is right, the API of the vendor has changed: report it.',
  UPSTREAM_CIRCUIT_OPEN: 'The account failed several times in a row. Look up the cause in the log of certgraph.',
}

export const toAdvice = (code: string): string => advice[code] ?? 'Look up the code in the documentation of the errors.'
