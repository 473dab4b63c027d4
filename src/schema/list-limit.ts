import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql'
import { checkLength, InputError } from '../input-error.ts'
import { isObject } from '../is-object.ts'
import { CertificateInvalidInputError } from '../providers/mutation/error.ts'

/** The most items of a list in an argument, unless the argument has a limit of its own. */
export const maxListItems = 100

/** Options of an argument whose list has a limit of its own. */
export const listOf = (maxItems: number) => ({ extensions: { maxItems } })

/** The limit of an argument's list. */
export function maxItemsOf({ extensions }: Pick<GraphQLArgument, 'extensions'>): number {
  return typeof extensions['maxItems'] === 'number' ? extensions['maxItems'] : maxListItems
}

export const listLimitPlugin = 'listLimit'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      listLimit: ListLimitPlugin<Types>
    }
  }
}

/** Checks the length of every list in the arguments of every field, before its resolver runs. */
class ListLimitPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { args, kind }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    // Those of a subscription are checked when it begins.
    if (Object.keys(args).length === 0 || kind === 'Subscription') return resolve
    return (parent, values, context, info) => {
      const field = info.parentType.getFields()[info.fieldName]
      if (field) checkArguments(field, values, kind === 'Mutation')
      return resolve(parent, values, context, info)
    }
  }

  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    if (!subscribe) return subscribe
    return (parent, values, context, info) => {
      const field = info.parentType.getFields()[info.fieldName]
      if (field) checkArguments(field, values, false)
      return subscribe(parent, values, context, info)
    }
  }
}

SchemaBuilder.registerPlugin(listLimitPlugin, ListLimitPlugin)

/** @throws InputError for a list that is too long; the error of a mutation, which is data, for its input */
function checkArguments(field: GraphQLField<unknown, unknown>, values: object, isMutation: boolean): void {
  try {
    for (const argument of listArguments(field)) {
      checkValue(argument.type, Reflect.get(values, argument.name), argument.name, maxItemsOf(argument))
    }
  } catch (error) {
    throw isMutation && error instanceof InputError ? new CertificateInvalidInputError(error.message) : error
  }
}

const known = new WeakMap<GraphQLField<unknown, unknown>, readonly GraphQLArgument[]>()

/** The arguments of a field that can have a list. */
function listArguments(field: GraphQLField<unknown, unknown>): readonly GraphQLArgument[] {
  const before = known.get(field)
  if (before) return before
  const found = field.args.filter(({ type }) => hasList(type, new Set()))
  known.set(field, found)
  return found
}

function hasList(type: GraphQLInputType, seen: Set<GraphQLInputType>): boolean {
  const inner = getNullableType(type)
  if (isListType(inner)) return true
  if (!isInputObjectType(inner) || seen.has(inner)) return false
  seen.add(inner)
  return Object.values(inner.getFields()).some((field) => hasList(field.type, seen))
}

function checkValue(type: GraphQLInputType, value: unknown, path: string, maxItems: number): void {
  const inner = getNullableType(type)
  if (isListType(inner)) {
    if (!Array.isArray(value)) return
    checkLength(path, value, maxItems)
    for (const [index, item] of value.entries()) checkValue(inner.ofType, item, `${path}[${index}]`, maxItems)
  } else if (isInputObjectType(inner) && isObject(value)) {
    for (const field of Object.values(inner.getFields())) {
      checkValue(field.type, value[field.name], `${path}.${field.name}`, maxItemsOf(field))
    }
  }
}
