import type { ObjectRef } from '@pothos/core'
import { type GraphQLSchema, isObjectType } from 'graphql'
import type { Types } from './builder.ts'

/** Describes inherited fields where a vendor differs from what the interface says. */
export type DescribeFields = (type: ObjectRef<Types, object>, descriptions: Readonly<Record<string, string>>) => void

interface FieldDescriptions {
  readonly describeFields: DescribeFields
  /** @throws TypeError when a described field does not exist */
  apply(schema: GraphQLSchema): void
}

/** Collects vendors' descriptions of inherited fields. Pothos itself can only redefine such a field as a whole. */
export function createFieldDescriptions(): FieldDescriptions {
  const collected = new Map<string, Readonly<Record<string, string>>>()
  return {
    describeFields: (type, descriptions) => void collected.set(type.name, descriptions),
    apply(schema) {
      for (const [typename, descriptions] of collected) {
        const type = schema.getType(typename)
        const fields = isObjectType(type) ? type.getFields() : {}
        for (const [name, description] of Object.entries(descriptions)) {
          const field = fields[name]
          if (!field) throw new TypeError(`${typename}.${name} is described but does not exist`)
          // The node has the description of the interface, and printers prefer it.
          Object.assign(field, { description, astNode: undefined })
        }
      }
    },
  }
}
