import type { CertificateChangeKind, ChangesQueryVariables } from './generated/graphql.ts'
import {
  type Position,
  parsePosition,
  positionParameters,
  toPageArguments,
  toQueryText,
  toUnknownParameters,
} from './query-text.ts'
import { changesPath } from './routes.ts'
import { pageSize } from './row-numbers.ts'
import { changeKinds } from './vocabulary.ts'

/** The conditions on the changes. The names are those of the arguments in the API. */
export interface ChangeConditions {
  readonly kinds?: readonly CertificateChangeKind[]
  readonly placeIds?: readonly string[]
  readonly since?: string
}

/** The state of the list of changes. All of it is in the URL. */
export interface ChangesQueryState {
  readonly conditions: ChangeConditions
  readonly position: Position
  /** Parameters that are none, each as it is in the URL. */
  readonly mistakes: readonly string[]
}

const isKind = (text: string): text is CertificateChangeKind => Object.hasOwn(changeKinds, text)

export function parseChangesQuery(search: string): ChangesQueryState {
  const parameters = new URLSearchParams(search)
  const mistakes = toUnknownParameters(parameters, ['kinds', 'placeIds', 'since', ...positionParameters])
  const kinds = parameters.getAll('kinds').filter(isKind)
  mistakes.push(
    ...parameters
      .getAll('kinds')
      .filter((kind) => !isKind(kind))
      .map((kind) => `kinds=${kind}`),
  )
  const placeIds = parameters.getAll('placeIds').filter((id) => id !== '')
  const [since = '', ...more] = parameters.getAll('since')
  if (more.length > 0 || (since !== '' && Number.isNaN(Date.parse(since))))
    mistakes.push(...[since, ...more].map((time) => `since=${time}`))
  const hasSince = since !== '' && !mistakes.includes(`since=${since}`)
  return {
    conditions: {
      ...(kinds.length === 0 ? {} : { kinds }),
      ...(placeIds.length === 0 ? {} : { placeIds }),
      // A day is its first moment in UTC.
      ...(hasSince ? { since: new Date(since).toISOString() } : {}),
    },
    position: parsePosition(parameters),
    mistakes,
  }
}

/** The path of the changes with these conditions, from the newest one unless a position is given. */
export function toChangesHref(conditions: ChangeConditions, position: Position = {}): string {
  const parameters = new URLSearchParams()
  for (const kind of conditions.kinds ?? []) parameters.append('kinds', kind)
  for (const id of conditions.placeIds ?? []) parameters.append('placeIds', id)
  if (conditions.since !== undefined) parameters.set('since', conditions.since)
  for (const [name, value] of Object.entries(position)) parameters.set(name, String(value))
  return changesPath + toQueryText(parameters)
}

export const toChangesVariables = ({ conditions, position }: ChangesQueryState): ChangesQueryVariables =>
  ({ ...toPageArguments(position, pageSize), ...conditions }) as ChangesQueryVariables

const day = 86_400_000

/** The start of the day in UTC that was a number of days ago: a link that is opened later has the same time. */
export const toSince = (days: number, now: number): string =>
  new Date(Math.floor((now - days * day) / day) * day).toISOString()

/** The conditions without one of them, or without one entry of its list. */
export function withoutChangeCondition(
  conditions: ChangeConditions,
  name: keyof ChangeConditions,
  entry?: string,
): ChangeConditions {
  const { [name]: value, ...rest } = conditions
  if (typeof value !== 'object' || entry === undefined) return rest
  const left = (value as readonly string[]).filter((each) => each !== entry)
  return left.length === 0 ? rest : { ...rest, [name]: left }
}
