import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core'
import type { GraphQLField } from 'graphql'
import { isObject } from '../../is-object.ts'
import type { Operation } from '../../operation.ts'

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
      /**
       * For a value that depends on the object and on something else that many objects share. The JSON of a page is kept while
       * that is the same.
       */
      dependsOn?: (object: ParentShape) => Dependency
    }
  }
}

/** Something that values depend on. */
export interface Dependency {
  /** The same object as long as the values are the same; null when that is not known without waiting. */
  current(operation: Operation): object | null
}

/** Whether the JSON of a field of this object may be kept. */
export type IsConstant = (source: object) => boolean

/** The moments next to this one at which a field of this object changes. */
export type ChangesAt = (source: object, now: number) => readonly number[]

/** What a field of this object depends on. */
export type DependsOn = (source: object) => Dependency

/** Null when the field changes at other times, too. */
export function readChanges(field: Pick<GraphQLField<unknown, unknown>, 'extensions'>): ChangesAt | null {
  return functionOption<ChangesAt>(field, 'changesAt')
}

/** Null when the field depends on nothing else, or on anything. */
export function readDependency(field: Pick<GraphQLField<unknown, unknown>, 'extensions'>): DependsOn | null {
  return functionOption<DependsOn>(field, 'dependsOn')
}

/** What needs a permission is found for each operation. */
function functionOption<Option>(
  { extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>,
  name: string,
): Option | null {
  const options = extensions['pothosOptions']
  if (!isObject(options) || options['authScopes'] !== undefined) return null
  return typeof options[name] === 'function' ? (options[name] as Option) : null
}

/** Null when the field is never constant. What needs a permission is found for each operation. */
export function readConstant({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): IsConstant | null {
  const options = extensions['pothosOptions']
  const { constant = extensions['pothosExposedField'] !== undefined, authScopes } = isObject(options) ? options : {}
  if (authScopes !== undefined) return null
  if (typeof constant === 'function') return (source) => constant(source) === true
  return constant === true ? () => true : null
}
