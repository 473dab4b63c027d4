import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import { GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationRule, validate } from 'graphql'
import type { RequestLimits } from '../limits.ts'
import { limitRules } from './limit-rules.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Rejects documents that are too long, too deep or too wide, before further validation. With introspection off, errors
 * suggest no names of the schema.
 */
export function useLimits(limits: RequestLimits, introspection: boolean): Plugin {
  const rules = limitRules(limits)
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(maxTokensPlugin({ n: limits.tokens, onReject: [() => rejectTokens(limits.tokens)] }))
    },
    onParse({ params: { source } }) {
      if (typeof source === 'string') checkLines(source, limits)
    },
    onValidate({ addValidationRule, setValidationFn }) {
      for (const rule of rules) addValidationRule(rule)
      if (introspection) return withLimit
      addValidationRule(NoSchemaIntrospectionCustomRule)
      addValidationRule(noServiceRule)
      setValidationFn((schema, document, all, options) =>
        validate(schema, document, all, { ...options, hideSuggestions: true }),
      )
      return withLimit
    },
  }
}

/**
 * GraphQL compares each pair of fields with the same response name. It gives up after 500,000 steps, with an error that
 * has neither a code nor the reason.
 */
function withLimit({ result, setResult }: Validated): void {
  if (!Array.isArray(result) || !result.some(isEndOfComparison)) return
  setResult([
    new RequestError(
      'QUERY_TOO_COSTLY',
      `Comparing the fields with the same response name takes more than ${maxComparisons} steps, the limit; ` +
        'select each field once.',
      { measured: { limit: maxComparisons } },
    ),
  ])
}

type Validated = Parameters<Extract<ReturnType<NonNullable<Plugin['onValidate']>>, (...args: never[]) => unknown>>[0]

const maxComparisons = 500_000

function isEndOfComparison(error: unknown): boolean {
  return error instanceof GraphQLError && error.message === 'Validation aborted.'
}

/** `_service` returns the whole schema as text. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return
    context.reportError(
      new GraphQLError('GraphQL introspection is not allowed, and _service is not either.', { nodes: [node] }),
    )
  },
})

/**
 * A document has no more lines than tokens: the line of each error is found by counting from the start.
 * @throws RequestError
 */
export function checkLines(text: string, { tokens: limit }: Pick<RequestLimits, 'tokens'>): void {
  let lines = 1
  for (let index = 0; index < text.length && lines <= limit; index += 1) {
    const code = text.charCodeAt(index)
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(index + 1) !== lineFeed)) lines += 1
  }
  if (lines <= limit) return
  throw new RequestError('QUERY_TOO_LARGE', `The query has more than ${limit} lines, the limit.`, {
    measured: { limit },
  })
}

const lineFeed = 10
const carriageReturn = 13

/** The parser stops at the limit, so the error has no count. */
function rejectTokens(limit: number): never {
  throw new RequestError('QUERY_TOO_LARGE', `The query has more than ${limit} tokens, the limit.`, {
    measured: { limit },
  })
}
