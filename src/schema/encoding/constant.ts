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
      /**
       * For a value that depends on the object and the time alone: the moments next to this one at which it changes. The JSON
       * of a page is kept between them.
       */
      changesAt?: (object: ParentShape, now: number) => readonly number[]
    }
  }
}

/** Whether the JSON of a field of this object may be kept. */
export type IsConstant = (source: object) => boolean

/** The moments next to this one at which a field of this object changes. */
export type ChangesAt = (source: object, now: number) => readonly number[]

/** Null when the field changes at other times, too. */
export function readChanges({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): ChangesAt | null {
  const options = extensions['pothosOptions']
  if (!isObject(options) || options['authScopes'] !== undefined) return null
  return typeof options['changesAt'] === 'function' ? (options['changesAt'] as ChangesAt) : null
}

/** Null when the field is never constant. What needs a permission is found for each operation. */
export function readConstant({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): IsConstant | null {
  const options = extensions['pothosOptions']
  const { constant = extensions['pothosExposedField'] !== undefined, authScopes } = isObject(options) ? options : {}
  if (authScopes !== undefined) return null
  if (typeof constant === 'function') return (source) => constant(source) === true
  return constant === true ? () => true : null
}
