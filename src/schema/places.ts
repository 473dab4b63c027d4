import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { sortRows } from '../catalog/ordering.ts'
import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import { placeOrdering } from '../providers/connections.ts'
import type { Place } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { joinResults } from '../providers/search-result.ts'
import { isComplete, type Source } from '../providers/source.ts'
import { prices } from './cost/cost.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'

interface ScopeConnection extends Connection<Place> {
  readonly sources: readonly Source[]
}

/** `Query.scopes`: the places themselves. */
export function registerPlaces(
  { builder, CertificatePlace }: SchemaKit,
  { CertificateProvider }: Enums,
  { CertificateSource }: ReturnType<typeof registerPlace>,
  vendors: readonly Vendor[],
): void {
  builder.queryField('scopes', (t) =>
    t.connection(
      {
        type: CertificatePlace,
        nullable: true,
        description:
          'The configured and discovered places: organizations and their projects, accounts and their contracts. Reads ' +
          'lists of projects and contracts, no certificates.',
        args: {
          providers: t.arg({ type: [CertificateProvider], description: 'Only these vendors; all when left out.' }),
        },
        resolve: (_root, args, operation) => listScopes(vendors, operation, args),
      },
      {
        name: 'CertificateScopeConnection',
        description: 'A page of places.',
        fields: (f) => ({
          sources: f.field({
            ...prices.rows,
            type: [CertificateSource],
            description: 'Every discovery that was asked, also those that failed.',
            resolve: ({ sources }) => sources,
          }),
          complete: f.boolean({
            description: 'No discovery failed, on this page or on those its cursor came through.',
            resolve: ({ complete }) => complete,
          }),
        }),
      },
      { name: 'CertificateScopeEdge', description: 'A place in a list.' },
    ),
  )
}

async function listScopes(
  vendors: readonly Vendor[],
  operation: Operation,
  { providers, ...args }: ConnectionArguments & { readonly providers?: readonly string[] | null | undefined },
): Promise<ScopeConnection> {
  const window = parseWindow(placeOrdering, args)
  if (providers?.length === 0) throw new InputError('providers: an empty list matches nothing; leave it out for all')
  const asked = vendors.filter(({ provider }) => !providers || providers.includes(provider))
  const { items, sources } = joinResults(await Promise.all(asked.map((vendor) => vendor.places(operation))))
  const connection = toConnection([sortRows(items, placeOrdering)], {
    ordering: placeOrdering,
    window,
    toNode: (place) => place,
    complete: isComplete(sources),
  })
  return { ...connection, sources }
}
