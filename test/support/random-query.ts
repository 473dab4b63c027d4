import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isUnionType,
} from 'graphql'

/** Lists of objects, each with the type of the objects and the query around a selection of their fields. */
const lists: readonly (readonly [string, (selection: string) => string])[] = [
  ['Certificate', (selection) => `{ certificates(first: 100) { nodes ${selection} } }`],
  ['Certificate', (selection) => `{ certificates(first: 30) { edges { node ${selection} } } }`],
  ['AkamaiEnrollment', (selection) => `{ akamaiContract(id: "K-2CB4PY1") { enrollments { nodes ${selection} } } }`],
  ['AkamaiCertificate', (selection) => `{ akamaiContract(id: "K-2CB4PY1") { certificates { nodes ${selection} } } }`],
  ['CertificatePlace', (selection) => `{ certificatePlaces(first: 100) { nodes ${selection} } }`],
  ['CertificateSource', (selection) => `{ certificates { sources ${selection} } }`],
]
const deepest = 4

/** Fields that may need a call for each object. Whether there is one left for them differs between two operations. */
const withCalls = new Set([
  'pem',
  'trustChain',
  'subject',
  'validFrom',
  'lifetimeRemaining',
  'keySize',
  'x509Issues',
  'weaknesses',
  'weaknessesChecked',
])

/** A query for a list of objects with random fields, of which some are lists themselves. */
export function randomQuery(schema: GraphQLSchema, random: (below: number) => number): string {
  const pick = <Item>(items: readonly Item[]) => items[random(items.length)] as Item

  function selectionOf(type: GraphQLCompositeType, level: number): string {
    const selected = Array.from({ length: 1 + random(4) }, () => memberOf(type, level))
    return `{ ${selected.join(' ')} }`
  }

  function memberOf(type: GraphQLCompositeType, level: number): string {
    if (isAbstractType(type) && (isUnionType(type) || random(3) === 0)) {
      const possible = pick(schema.getPossibleTypes(type))
      return `... on ${possible.name} ${selectionOf(possible, level)}`
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields())
    const usable = fields.filter((field) => isUsable(field, level))
    if (usable.length === 0 || random(12) === 0) return '__typename'
    const field = pick(usable)
    const below = getNamedType(field.type)
    // Without the alias, two fields may have the same name in the response and different selections.
    const alias = `a${random(1e9)}: `
    return `${alias}${field.name}${isCompositeType(below) ? ` ${selectionOf(below, level + 1)}` : ''}`
  }

  const isUsable = ({ name, args, type }: GraphQLField<unknown, unknown>, level: number) =>
    !withCalls.has(name) &&
    args.every((arg) => !isNonNullType(arg.type) || arg.defaultValue !== undefined) &&
    (level < deepest || !isCompositeType(getNamedType(type)))

  const [name, toQuery] = pick(lists)
  return toQuery(selectionOf(schema.getType(name) as GraphQLCompositeType, 1))
}
