import { type DocumentNode, type GraphQLSchema, Kind, parse, specifiedRules, validate } from 'graphql'
import type { RequestLimits } from '../limits.ts'
import { limitRules } from './limit-rules.ts'
import type { CostOf } from './use-cost.ts'

/** What is wrong with listed documents: those that this schema does not have, or that are beyond a limit, by hash. */
export function mistakesInDocuments(
  list: ReadonlyMap<string, string>,
  schema: GraphQLSchema,
  limits: RequestLimits,
  costOf: CostOf,
): readonly string[] {
  const rules = [...specifiedRules, ...limitRules(limits)]
  return [...list].flatMap(([hash, text]) => {
    const test = (document: DocumentNode) =>
      validate(schema, document, rules)[0]?.message ?? tooCostly(document, costOf, limits)
    const message = mistakeIn(text, test, limits)
    return message === undefined
      ? []
      : [`documents.file, "${hash}": ${message}; expected a document of this API, within limits`]
  })
}

function mistakeIn(
  text: string,
  test: (document: DocumentNode) => string | undefined,
  { tokens }: RequestLimits,
): string | undefined {
  try {
    return test(parse(text, { maxTokens: tokens }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Which of its operations costs more than is allowed even with the defaults of its variables. */
function tooCostly(document: DocumentNode, costOf: CostOf, { cost: limit }: RequestLimits): string | undefined {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const cost = costOf({ document, operationName: definition.name?.value, variables: {} }) ?? 0
    if (cost > limit) return `it costs ${cost}; at most ${limit} is allowed`
  }
  return undefined
}
