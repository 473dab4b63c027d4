import type { CertificateProvider, PlacesQueryVariables, SourceStatus } from './generated/graphql.ts'
import {
  type Position,
  parsePosition,
  positionParameters,
  toPageArguments,
  toQueryText,
  toUnknownParameters,
} from './query-text.ts'
import { sourcesPath } from './routes.ts'
import { sourceStatuses } from './vocabulary.ts'

/** The state of the view of the sources. All of it is in the URL. */
export interface SourcesQueryState {
  readonly providers: readonly string[]
  readonly statuses: readonly SourceStatus[]
  /** Whether the view has every place, one page at a time, or the sources of the lists. */
  readonly hasEveryPlace: boolean
  readonly position: Position
  /** The number of the first source. */
  readonly from: number
  /** Parameters that are none, each as it is in the URL. */
  readonly mistakes: readonly string[]
}

/** Each place of a page is read: fewer rows than in other lists. */
export const placePageSize = 50

const isStatus = (text: string): text is SourceStatus => Object.hasOwn(sourceStatuses, text)

export function parseSourcesQuery(search: string): SourcesQueryState {
  const parameters = new URLSearchParams(search)
  const mistakes = toUnknownParameters(parameters, ['providers', 'statuses', 'places', ...positionParameters])
  const places = parameters.get('places')
  const hasEveryPlace = places === 'all'
  if (places !== null && !hasEveryPlace) mistakes.push(`places=${places}`)
  const statuses = parameters.getAll('statuses')
  // The status of a place on another page is not known.
  const isUsed = (status: string): status is SourceStatus => isStatus(status) && !hasEveryPlace
  mistakes.push(...statuses.filter((status) => !isUsed(status)).map((status) => `statuses=${status}`))
  const from = Number(parameters.get('from'))
  return {
    providers: parameters.getAll('providers').filter((provider) => provider !== ''),
    statuses: statuses.filter(isUsed),
    hasEveryPlace,
    position: parsePosition(parameters),
    from: Number.isSafeInteger(from) && from > 0 ? from : 1,
    mistakes,
  }
}

interface SourcesTarget {
  readonly providers?: readonly string[]
  readonly statuses?: readonly SourceStatus[]
  readonly hasEveryPlace?: boolean
  readonly position?: Position
}

/** The path of the sources, from the first one unless a position is given. */
export function toSourcesHref({ providers, statuses, hasEveryPlace, position }: SourcesTarget): string {
  const parameters = new URLSearchParams()
  if (hasEveryPlace) parameters.set('places', 'all')
  for (const provider of providers ?? []) parameters.append('providers', provider)
  for (const status of statuses ?? []) parameters.append('statuses', status)
  for (const [name, value] of Object.entries(position ?? {})) parameters.set(name, String(value))
  return sourcesPath + toQueryText(parameters)
}

/** The server checks the names of the vendors. */
export const toPlacesVariables = ({ providers, position }: SourcesQueryState): PlacesQueryVariables => ({
  ...toPageArguments(position, placePageSize),
  ...(providers.length === 0 ? {} : { providers: providers as CertificateProvider[] }),
})
