import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'

interface Member {
  readonly coordinate: string
  readonly description: string
  /** The descriptions of the same field in the interfaces of its type. */
  readonly inherited: readonly string[]
}

/** Every type, field, argument and value of the published schema. */
function* members(): Generator<Member> {
  const member = (coordinate: string, { description }: { readonly description?: string | null | undefined }) => ({
    coordinate,
    description: description ?? '',
    inherited: [],
  })
  for (const type of Object.values(buildSchema(readFileSync('schema.graphql', 'utf8')).getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue
    yield member(type.name, type)
    if (isEnumType(type)) for (const value of type.getValues()) yield member(`${type.name}.${value.name}`, value)
    if (!('getFields' in type)) continue
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      yield { ...member(coordinate, field), inherited: inheritedBy(type, field.name) }
      if (isInputObjectType(type) || !('args' in field)) continue
      for (const argument of field.args) yield member(`${coordinate}(${argument.name}:)`, argument)
    }
  }
}

function inheritedBy(type: GraphQLNamedType, field: string): readonly string[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return type.getInterfaces().flatMap((each) => each.getFields()[field]?.description ?? [])
}

describe('the published schema', () => {
  const all = [...members()]

  it('describes every type, field, argument and value, there or at an interface', () => {
    expect(all.length).toBeGreaterThan(300)
    const undescribed = all.filter(({ description, inherited }) => !description && inherited.length === 0)
    expect(undescribed.map(({ coordinate }) => coordinate)).toEqual([])
  })

  it('does not repeat the description of an interface', () => {
    const repeated = all.filter(({ description, inherited }) => inherited.includes(description))
    expect(repeated.map(({ coordinate }) => coordinate)).toEqual([])
  })
})
