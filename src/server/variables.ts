import {
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { isObject } from '../is-object.ts'
import type { FieldLimits } from '../limits.ts'
import { RequestError } from './request-error.ts'

export type Variables = Readonly<Record<string, unknown>>

/** The values of variables, or what is wrong with them. */
export type CoercedVariables = { readonly coerced: Variables } | { readonly errors: readonly GraphQLError[] }

/** The most values in the variables of an operation, unless a list may be longer. */
const minLimit = 5_000
/** Each error prints the value that it is about. */
const maxErrors = 5

/**
 * Converts the variables of an operation to the values that resolvers receive. What is too much is rejected before: the
 * conversion takes a time that grows with the square of the number of invalid keys.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  raw: Variables,
  { nodes, representations }: FieldLimits,
): CoercedVariables {
  const count = { values: 0, limit: Math.max(minLimit, nodes, representations) }
  for (const { variable, type: node } of variableDefinitions) {
    const { value: name } = variable.name
    const type = typeFromAST(schema, node)
    const error = isInputType(type) && Object.hasOwn(raw, name) ? findExcess(type, raw[name], name, count) : undefined
    if (error) return { errors: [error] }
  }
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, raw, { maxErrors })
  return coerced ? { coerced } : { errors: errors.map((error, index) => (index < maxErrors ? error : tooManyErrors)) }
}

const tooManyErrors = new GraphQLError(`The variables have more errors than these ${maxErrors}.`)

interface Count {
  values: number
  readonly limit: number
}

/** The error about an object or a list that is too large, or about the value that is one too many. */
function findExcess(type: GraphQLInputType, value: unknown, path: string, count: Count): RequestError | undefined {
  const inner = getNullableType(type)
  if (isListType(inner) && Array.isArray(value)) {
    if (count.values + value.length > count.limit) {
      return toError(
        path,
        `${value.length} entries; the variables may have ${count.limit} values`,
        value.length,
        count.limit,
      )
    }
    return first(value.entries(), ([index, item]) => findExcess(inner.ofType, item, `${path}[${index}]`, count))
  }
  if (isListType(inner)) return findExcess(inner.ofType, value, path, count)
  if (isInputObjectType(inner) && isObject(value)) {
    const fields = inner.getFields()
    const [{ length }, { length: limit }] = [Object.keys(value), Object.keys(fields)]
    if (length > limit) return toError(path, `${length} fields; ${inner.name} has ${limit}`, length, limit)
    return first(Object.values(fields), (field) =>
      findExcess(field.type, value[field.name], `${path}.${field.name}`, count),
    )
  }
  if (value !== undefined) count.values += 1
  return count.values > count.limit
    ? toError(path, `more than ${count.limit} values in the variables`, count.values, count.limit)
    : undefined
}

function first<Item, Result>(items: Iterable<Item>, find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function toError(path: string, found: string, measured: number, limit: number): RequestError {
  return new RequestError('BAD_USER_INPUT', `Variable "$${path}": ${found}.`, { measured: { [path]: measured, limit } })
}
