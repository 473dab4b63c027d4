import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import DirectivesPlugin from '@pothos/plugin-directives'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { Connection } from '../catalog/connection.ts'
import type { Operation, Permission } from '../operation.ts'
import { mutationErrors } from '../providers/mutation/error.ts'
import { grantedPermissions, toForbidden } from './authorization.ts'
import { priceOf, prices } from './cost/cost.ts'
import type { FederationDirectives } from './federation/directives.ts'

/** What Pothos is told of the graph at the type level. */
interface GraphTypes {
  Context: Operation
  Scalars: {
    ID: { Input: string; Output: string }
    /** A day, in UTC. */
    Date: { Input: Date; Output: Date }
    DateTime: { Input: Date; Output: Date }
    /** Milliseconds. */
    Duration: { Input: number; Output: number }
    _Any: { Input: unknown; Output: unknown }
  }
  Directives: FederationDirectives
  Connection: Pick<Connection<unknown>, 'totalCount'>
  AuthScopes: Record<Permission, boolean>
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
}

export type Types = PothosSchemaTypes.ExtendDefaultTypes<GraphTypes>
export type Builder = PothosSchemaTypes.SchemaBuilder<Types>

/** A builder whose connections are as Relay and GitHub have them: no nulls in lists, `nodes` beside `edges`. */
export function createBuilder(): Builder {
  const builder = new SchemaBuilder<GraphTypes>({
    // The first is the outermost: what the rules refuse a change becomes data in its result.
    plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, DirectivesPlugin, ComplexityPlugin],
    defaultFieldNullability: false,
    // `printSchemaWithDirectives` and its like read directives in this form.
    directives: { useGraphQLToolsUnorderedDirectives: true },
    complexity: { fieldComplexity: priceOf },
    errors: {
      defaultTypes: mutationErrors,
      directResult: true,
      defaultUnionOptions: {
        name: ({ fieldName }) => `${capitalized(fieldName)}Result`,
        description:
          'What came of a change: success, or why it was not made. `... on CertificateMutationError { message code }` fits ' +
          'every failure.',
      },
    },
    scopeAuth: {
      authScopes: grantedPermissions,
      unauthorizedError: (_parent, _operation, info, { failure }) => toForbidden(info, failure),
    },
    relay: {
      cursorType: 'String',
      nodeQueryOptions: false,
      nodesQueryOptions: false,
      nodesOnConnection: { ...prices.rows, description: 'The rows of this page, without their cursors.' },
      edgesFieldOptions: {
        ...prices.included,
        nullable: false,
        description: 'The rows of this page with their cursors.',
      },
      nodeFieldOptions: { nullable: false, description: 'The row itself.' },
      cursorFieldOptions: { description: 'Pass it as `after` or `before`. It stays valid when its row is gone.' },
      idFieldOptions: { description: 'Global id, for `node`.' },
      nodeTypeOptions: { description: 'Anything that `node(id:)` finds again.' },
      pageInfoTypeOptions: {
        directives: { shareable: {} },
        description: 'Where a page lies in its list (https://relay.dev/graphql/connections.htm).',
      },
      hasNextPageFieldOptions: { description: 'Whether anything follows this page; exact in both directions.' },
      hasPreviousPageFieldOptions: { description: 'Whether anything precedes this page; exact in both directions.' },
      startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
      endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
      pageInfoFieldOptions: { ...prices.included, description: 'Where this page lies in the whole list.' },
      firstArgOptions: {
        description: 'So many rows from the start: 1 to 100; 20 when neither `first` nor `last` is given.',
      },
      lastArgOptions: { description: 'So many rows from the end: 1 to 100. Not together with `first`.' },
      afterArgOptions: { description: 'Only rows after this cursor.' },
      beforeArgOptions: { description: 'Only rows before this cursor.' },
    },
  })
  builder.queryType({
    description: 'Certificates and the places they live in. FORBIDDEN without the scope certificates:read.',
    authScopes: { 'certificates:read': true },
  })
  builder.mutationType({
    description:
      'Changes at a vendor. FORBIDDEN without the scope certificates:write, and unless `writes: enabled` is configured; each ' +
      'is one line in the audit log.',
    authScopes: { 'certificates:write': true },
  })
  builder.globalConnectionField('totalCount', (t) =>
    t.int({ description: 'Rows on all pages, under the same filter.', resolve: ({ totalCount }) => totalCount() }),
  )
  return builder
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
