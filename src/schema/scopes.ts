import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { InputError } from '../catalog/error.ts'
import { sortRows } from '../catalog/ordering.ts'
import { placeOrdering } from '../providers/connections.ts'
import { joinFound } from '../providers/found.ts'
import type { Place } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { isComplete, type Source } from '../providers/source.ts'
import type { Operation } from '../upstream/operation.ts'
import { prices } from './cost.ts'
import type { Enums } from './enums.ts'
import type { Kit } from './kit.ts'
import type { registerScope } from './scope.ts'

interface ScopeConnection extends Connection<Place> {
  readonly sources: readonly Source[]
}

/** `Query.scopes`: the places themselves. */
export function registerScopes(
  { builder, CertificateScope }: Kit,
  { CertificateProvider }: Enums,
  { CertificateSource }: ReturnType<typeof registerScope>,
  vendors: readonly Vendor[],
): void {
  builder.queryField('scopes', (t) =>
    t.connection(
      {
        type: CertificateScope,
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
  const { items, sources } = joinFound(await Promise.all(asked.map((vendor) => vendor.places(operation))))
  const connection = toConnection([sortRows(items, placeOrdering)], {
    ordering: placeOrdering,
    window,
    toNode: (place) => place,
    complete: isComplete(sources),
  })
  return { ...connection, sources }
}
