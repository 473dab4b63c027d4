import { getDocumentNodeFromSchema } from '@graphql-tools/utils'
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  isInterfaceType,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  print,
  printSchema,
  visit,
} from 'graphql'

/** The plain API as in schema.graphql: without federation, and sorted so that a diff shows only what changed. */
export function printSorted(schema: GraphQLSchema): string {
  const definitions = definitionsWithout(schema, ['_entities', '_service'])
  const plain = buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true })
  return `${printSchema(lexicographicSortSchema(plain))}\n`
}

/** How the subgraph is published. */
export interface SubgraphOptions {
  /** False for gateways that do not support `@requiresScopes` and refuse a schema with it. */
  readonly requiresScopes: boolean
}

/**
 * The subgraph as published: with federation directives, types by name, fields in the order of the code. `node` and
 * `nodes` are left out, because two subgraphs that have them do not compose, and so are subscriptions.
 */
export function printSubgraph(schema: GraphQLSchema, { requiresScopes }: SubgraphOptions): string {
  const definitions = definitionsWithout(schema, ['_entities', '_service', 'node', 'nodes'])
    .filter((definition) => nameOf(definition) !== schema.getSubscriptionType()?.name)
    // Composition rejects the directive on an interface. The types that implement it have it.
    .map((definition) =>
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION ? withoutDirective('requiresScopes', definition) : definition,
    )
    .map((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION
        ? ({ kind: Kind.SCHEMA_EXTENSION, directives: definition.directives ?? [] } as const)
        : definition,
    )
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions }
  return `${print(requiresScopes ? document : withoutDirective('requiresScopes', document))}\n`
}

/** Leaves out a directive and its import. */
function withoutDirective<Node extends DocumentNode | DefinitionNode>(directive: string, node: Node): Node {
  return visit(node, {
    Directive: ({ name }) => (name.value === directive ? null : undefined),
    ListValue(list) {
      const values = list.values.filter((value) => value.kind !== Kind.STRING || value.value !== `@${directive}`)
      return values.length < list.values.length ? { ...list, values } : undefined
    },
  })
}

/** The definitions of a schema without some fields of Query and without the types of the subgraph specification. */
function definitionsWithout(schema: GraphQLSchema, hidden: readonly string[]): readonly DefinitionNode[] {
  return getDocumentNodeFromSchema(schema)
    .definitions.filter((definition) => !nameOf(definition).startsWith('_'))
    .map((definition) => {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
      const isHidden = ({ name }: FieldDefinitionNode) =>
        definition.name.value === 'Query' && hidden.includes(name.value)
      const fields = definition.fields?.filter((field) => !isHidden(field)) ?? []
      return { ...definition, fields: fields.map((field) => withoutInherited(schema, definition, field)) }
    })
}

/** Pothos copies descriptions from interfaces. Printed once, at the interface, the schema is half as long. */
function withoutInherited(
  schema: GraphQLSchema,
  { interfaces = [] }: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
): FieldDefinitionNode {
  const isInherited = interfaces.some(({ name }) => {
    const type = schema.getType(name.value)
    return isInterfaceType(type) && type.getFields()[field.name.value]?.description === field.description?.value
  })
  const { description: _, ...undescribed } = field
  return isInherited ? undescribed : field
}

/** Empty for the schema itself, which sorts it first. */
function nameOf(definition: DefinitionNode): string {
  return 'name' in definition && definition.name ? definition.name.value : ''
}
