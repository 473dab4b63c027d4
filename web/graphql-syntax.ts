// The build puts this in the place of @0no-co/graphql.web, which @urql/core imports: a parser and a printer of GraphQL. The page sends
// documents by their id, so there is no text to parse or print. This has what else urql imports from there.

export const Kind = { FIELD: 'Field', NAME: 'Name', OPERATION_DEFINITION: 'OperationDefinition' } as const

/** An error of an answer that has no extensions. */
export class GraphQLError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>
  readonly path: readonly (string | number)[] | undefined

  constructor(
    message: string,
    _nodes?: unknown,
    _source?: unknown,
    _positions?: unknown,
    path?: readonly (string | number)[],
    _originalError?: unknown,
    extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.name = 'GraphQLError'
    this.path = path
    this.extensions = extensions
  }
}

/** The text of a document that is sent by its id. */
export const print = (): string => ''

/** @throws always */
export function parse(): never {
  throw new Error('A document has to be a persisted one.')
}
