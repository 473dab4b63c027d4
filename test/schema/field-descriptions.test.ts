import { describe, expect, it } from '@jest/globals'
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createBuilder } from '../../src/schema/builder.ts'
import { createFieldDescriptions } from '../../src/schema/field-descriptions.ts'

const ref = createBuilder().objectRef<object>('Query')

function createTestSchema(): GraphQLSchema {
  const fields = { name: { type: GraphQLString, description: 'The name.' }, id: { type: GraphQLString } }
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) })
}

describe('describeFields', () => {
  it('replaces the descriptions of the named fields only', () => {
    const { describeFields, apply } = createFieldDescriptions()
    describeFields(ref, { id: 'The id at the vendor.' })
    const schema = createTestSchema()
    apply(schema)
    const { id, name } = schema.getQueryType()?.getFields() ?? {}
    expect([id?.description, name?.description]).toEqual(['The id at the vendor.', 'The name.'])
  })

  it('rejects a field that does not exist', () => {
    const { describeFields, apply } = createFieldDescriptions()
    describeFields(ref, { nmae: 'The name.' })
    expect(() => apply(createTestSchema())).toThrow('Query.nmae is described but does not exist')
  })
})
