import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import DirectivesPlugin from '@pothos/plugin-directives'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { type Connection, defaultPageSize, maxPageSize } from '../catalog/connection.ts'
import type { Operation, Permission } from '../operation.ts'
import { mutationErrors } from '../providers/mutation/error.ts'
import { grantedPermissions, toForbidden } from './authorization.ts'
import { priceOf, prices } from './cost/prices.ts'
import type { FederationDirectives } from './federation/directives.ts'
import { listLimitPlugin, maxListItems } from './list-limit.ts'

/** The TypeScript types that Pothos derives field types from. */
interface GraphTypes {
  Context: Operation
  Scalars: {
    ID: { Input: string; Output: string }
    /** A day, in UTC. */
    Date: { Input: Date; Output: Date }
    DateTime: { Input: Date; Output: string }
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

/** A builder whose connections are like those of Relay and GitHub: no nulls in lists, `nodes` beside `edges`. */
export function createBuilder(): Builder {
  const builder = new SchemaBuilder<GraphTypes>({
    // The first plugin is the outermost: a mutation that ScopeAuth rejects returns its error as data.
    plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, DirectivesPlugin, ComplexityPlugin, listLimitPlugin],
    defaultFieldNullability: false,
    // The form in which @graphql-tools/utils reads directives.
    directives: { useGraphQLToolsUnorderedDirectives: true },
    complexity: { fieldComplexity: priceOf },
    errors: {
      defaultTypes: mutationErrors,
      directResult: true,
      defaultUnionOptions: {
        name: ({ fieldName }) => `${capitalized(fieldName)}Result`,
        description: 'Success, or a CertificateMutationError.',
      },
    },
    scopeAuth: {
      authScopes: grantedPermissions,
      authorizeOnSubscribe: true,
      unauthorizedError: (_parent, _operation, info, { failure }) => toForbidden(info, failure),
    },
    relay: {
      cursorType: 'String',
      nodeQueryOptions: false,
      nodesQueryOptions: false,
      nodesOnConnection: { ...prices.rows, description: 'The rows of this page.' },
      edgesFieldOptions: { ...prices.edges, nullable: false, description: 'The rows with their cursors.' },
      // An edge belongs to one page of one operation.
      defaultEdgeTypeOptions: { extensions: { transient: true } },
      nodeFieldOptions: { nullable: false, constant: true, description: 'The row.' },
      cursorFieldOptions: { constant: true, description: 'Value for `after` or `before`.' },
      idFieldOptions: { description: 'Global id, for `node`.' },
      nodeTypeOptions: { description: 'An object with a global id, which `node` accepts.' },
      pageInfoTypeOptions: {
        directives: { shareable: {} },
        description:
          'The position of a page in its list (https://relay.dev/graphql/connections.htm). A cursor stays valid when its ' +
          'row is deleted.',
      },
      hasNextPageFieldOptions: { description: 'Whether rows follow this page. Exact in both directions.' },
      hasPreviousPageFieldOptions: { description: 'Whether rows precede this page. Exact in both directions.' },
      startCursorFieldOptions: { description: 'Cursor of the first row. Null on an empty page.' },
      endCursorFieldOptions: { description: 'Cursor of the last row. Null on an empty page.' },
      pageInfoFieldOptions: { ...prices.included, description: 'The position of this page.' },
      firstArgOptions: { description: `The first n rows (1–${maxPageSize}). Default: ${defaultPageSize}.` },
      lastArgOptions: { description: `The last n rows (1–${maxPageSize}), instead of \`first\`.` },
      afterArgOptions: { description: 'Rows after this cursor.' },
      beforeArgOptions: { description: 'Rows before this cursor.' },
    },
  })
  builder.queryType({
    description:
      'Certificates and the places that hold them. Requires the scope `certificates:read`; FORBIDDEN without it. A list in an ' +
      `argument has at most ${maxListItems} items, unless its description has another limit; BAD_USER_INPUT for a longer one.`,
    authScopes: { 'certificates:read': true },
  })
  builder.subscriptionType({
    description:
      'What happens from now on, as server-sent events: the protocol of graphql-sse with one request for each subscription. ' +
      'Requires the scope `certificates:read`; FORBIDDEN without it.',
    authScopes: { 'certificates:read': true },
  })
  builder.mutationType({
    description:
      'Changes at a vendor. Requires the scope `certificates:write` and `writes: enabled` in the configuration; FORBIDDEN ' +
      'without them. Each mutation writes one line to the audit log.',
    authScopes: { 'certificates:write': true },
  })
  builder.globalConnectionField('totalCount', (t) =>
    t.int({ ...prices.scan, description: 'Number of rows on all pages.', resolve: ({ totalCount }) => totalCount() }),
  )
  return builder
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
