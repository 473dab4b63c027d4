import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { buildSchema, isEnumType, isInputObjectType, isIntrospectionType, isSpecifiedScalarType } from 'graphql'

interface Described {
  readonly description?: string | null | undefined
}

/** Every type, field, argument and value of the published schema by its coordinate. */
function* members(): Generator<[coordinate: string, member: Described]> {
  for (const type of Object.values(buildSchema(readFileSync('schema.graphql', 'utf8')).getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue
    yield [type.name, type]
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value]
    if (!('getFields' in type)) continue
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field]
      if (isInputObjectType(type) || !('args' in field)) continue
      for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name}:)`, argument]
    }
  }
}

it('says of every type, field, argument and value what it is', () => {
  const all = [...members()]
  expect(all.length).toBeGreaterThan(300)
  expect(all.filter(([, { description }]) => !description).map(([coordinate]) => coordinate)).toEqual([])
})
