import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { sortRows } from '../catalog/ordering.ts'
import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import { placeOrdering } from '../providers/connections.ts'
import { missingPlaceReasons, sourceReasons } from '../providers/incomplete.ts'
import type { Place, Source } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { joinResults } from '../providers/search-result.ts'
import { describeCompleteness } from './completeness.ts'
import { prices } from './cost/prices.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'

interface PlaceConnection extends Connection<Place> {
  readonly sources: readonly Source[]
}

/** `Query.certificatePlaces`: the places of all vendors as one list. */
export function registerPlaces(
  { builder, CertificatePlace }: SchemaKit,
  { CertificateProvider }: Enums,
  { CertificateSource }: ReturnType<typeof registerPlace>,
  vendors: readonly Vendor[],
): void {
  builder.queryField('certificatePlaces', (t) =>
    t.connection(
      {
        ...prices.places,
        type: CertificatePlace,
        nullable: true,
        description:
          'The configured and discovered places: organizations with their projects, accounts with their contracts. Reads no ' +
          'certificates.',
        args: {
          providers: t.arg({ type: [CertificateProvider], description: 'Only these vendors. Default: all.' }),
        },
        resolve: (_root, args, operation) => listPlaces(vendors, operation, args),
      },
      {
        name: 'CertificatePlaceConnection',
        description: 'A page of places, with a report on every discovery.',
        fields: (f) => ({
          sources: f.field({
            ...prices.sources,
            type: [CertificateSource],
            description: 'A report on each discovery, failed ones included.',
            resolve: ({ sources }) => sources,
          }),
          ...describeCompleteness(f, 'Whether all places are listed, on this page and on the pages before it.'),
        }),
      },
      { name: 'CertificatePlaceEdge', description: 'A place in a list.' },
    ),
  )
}

async function listPlaces(
  vendors: readonly Vendor[],
  operation: Operation,
  { providers, ...args }: ConnectionArguments & { readonly providers?: readonly string[] | null | undefined },
): Promise<PlaceConnection> {
  const window = parseWindow(placeOrdering, args)
  if (providers?.length === 0) throw new InputError('providers: an empty list matches nothing; leave it out for all')
  const asked = vendors.filter(({ provider }) => !providers || providers.includes(provider))
  const { timeSlice } = operation
  await timeSlice.begin()
  const { items, sources } = joinResults(await Promise.all(asked.map((vendor) => vendor.places(operation))))
  const missing = await operation.placeIndex?.findMissing?.(operation)
  const connection = await toConnection([await sortRows(items, placeOrdering, timeSlice)], {
    timeSlice,
    ordering: placeOrdering,
    window,
    toNode: (place) => place,
    incompleteReasons: [...sourceReasons(sources), ...missingPlaceReasons(operation, missing, sources)],
  })
  operation.outcome?.add(sources)
  if (connection.incompleteReasons.length > 0) operation.outcome?.lack()
  return { ...connection, sources }
}
