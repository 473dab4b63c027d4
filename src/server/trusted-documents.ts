import { type GraphQLSchema, parse, specifiedRules, validate } from 'graphql'
import { limitRules } from './limit-rules.ts'
import type { QueryLimits } from './limits.ts'

/** What is wrong with listed documents: those that this schema does not have, or that are beyond a limit, by hash. */
export function mistakesInDocuments(
  list: ReadonlyMap<string, string>,
  schema: GraphQLSchema,
  limits: QueryLimits,
): readonly string[] {
  const rules = [...specifiedRules, ...limitRules(limits)]
  return [...list].flatMap(([hash, text]) => {
    const message = mistakeIn(text, (document) => validate(schema, document, rules)[0]?.message, limits)
    return message === undefined
      ? []
      : [`documents.file, "${hash}": ${message}; expected a document of this API, within limits`]
  })
}

function mistakeIn(
  text: string,
  test: (document: ReturnType<typeof parse>) => string | undefined,
  { tokens }: QueryLimits,
): string | undefined {
  try {
    return test(parse(text, { maxTokens: tokens }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
