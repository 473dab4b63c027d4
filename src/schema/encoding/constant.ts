import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core'
import type { GraphQLField } from 'graphql'
import { isObject } from '../../is-object.ts'

declare global {
  namespace PothosSchemaTypes {
    // The type parameters have to be those of Pothos.
    interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /**
       * Whether the value depends on the object alone, so that its JSON is kept as long as the object exists. Default: true
       * for exposed fields.
       */
      constant?: boolean | ((object: ParentShape) => boolean)
    }
  }
}

/** Whether the JSON of a field of this object may be kept. */
export type IsConstant = (source: object) => boolean

/** Null when the field is never constant. What needs a permission is found for each operation. */
export function readConstant({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): IsConstant | null {
  const options = extensions['pothosOptions']
  const { constant = extensions['pothosExposedField'] !== undefined, authScopes } = isObject(options) ? options : {}
  if (authScopes !== undefined) return null
  if (typeof constant === 'function') return (source) => constant(source) === true
  return constant === true ? () => true : null
}
