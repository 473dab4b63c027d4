import { type DocumentNode, type GraphQLSchema, Kind, parse, specifiedRules, validate } from 'graphql'
import type { FieldLimits, RequestLimits } from '../limits.ts'
import { limitRules } from './limit-rules.ts'
import type { CostOf } from './price.ts'
import { checkLines } from './use-limits.ts'
import { coerceVariables } from './variables.ts'

/**
 * Checks trusted documents against the schema and the limits. Returns one mistake per invalid document.
 * @param locateFile names the setting with the file of the documents, as mistakes name it
 */
export function findDocumentMistakes(
  list: ReadonlyMap<string, string>,
  schema: GraphQLSchema,
  limits: RequestLimits & FieldLimits,
  costOf: CostOf,
  locateFile: () => string,
): readonly string[] {
  const rules = [...specifiedRules, ...limitRules(limits)]
  return [...list].flatMap(([id, text]) => {
    const check = (document: DocumentNode) =>
      validate(schema, document, rules)[0]?.message ?? findCostMistake(document, schema, costOf, limits)
    const message = findMistake(text, check, limits)
    return message === undefined
      ? []
      : [
          `${locateFile()}, "${id}": ${message.replace(/\.$/, '')}; expected a document that is valid for this schema and within the limits`,
        ]
  })
}

/** The names of the operations in trusted documents. A document that cannot be parsed has none. */
export function operationNamesOf(list: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...list.values()].flatMap(namesIn))
}

function namesIn(text: string): readonly string[] {
  try {
    const { definitions } = parse(text, { noLocation: true })
    return definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? (each.name?.value ?? []) : []))
  } catch {
    return []
  }
}

function findMistake(
  text: string,
  check: (document: DocumentNode) => string | undefined,
  limits: RequestLimits,
): string | undefined {
  try {
    checkLines(text, limits)
    return check(parse(text, { maxTokens: limits.tokens }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Computes the cost of each operation with the default values of its variables. */
function findCostMistake(
  document: DocumentNode,
  schema: GraphQLSchema,
  costOf: CostOf,
  limits: RequestLimits & FieldLimits,
): string | undefined {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const result = coerceVariables(schema, definition, {}, limits)
    // A variable without a default has a value only when the document is executed.
    if (!('coerced' in result)) continue
    const operation = { document, operationName: definition.name?.value, variables: result.coerced }
    const { cost } = costOf(operation) ?? { cost: 0 }
    if (cost > limits.cost) return `it costs ${cost}; the limit is ${limits.cost}`
  }
  return undefined
}
