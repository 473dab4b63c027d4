import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import { GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationRule, validate } from 'graphql'
import type { RequestLimits } from '../limits.ts'
import { limitRules } from './limit-rules.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Refuses documents that are too long, too deep or too wide, before they are validated any further. Where the schema
 * may not be asked for, errors suggest none of its names either.
 */
export function useLimits(limits: RequestLimits, introspection: boolean): Plugin {
  const rules = limitRules(limits)
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(maxTokensPlugin({ n: limits.tokens, onReject: [() => refuseTokens(limits.tokens)] }))
    },
    onValidate({ addValidationRule, setValidationFn }) {
      for (const rule of rules) addValidationRule(rule)
      if (introspection) return
      addValidationRule(NoSchemaIntrospectionCustomRule)
      addValidationRule(noServiceRule)
      setValidationFn((schema, document, all, options) =>
        validate(schema, document, all, { ...options, hideSuggestions: true }),
      )
    },
  }
}

/** The text of a subgraph is the schema under another name. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return
    context.reportError(
      new GraphQLError('GraphQL introspection is not allowed, and _service neither.', { nodes: [node] }),
    )
  },
})

/** The parser stops at the limit: nobody knows how many there are. */
function refuseTokens(limit: number): never {
  throw new RequestError('QUERY_TOO_LARGE', `The query has too many tokens; at most ${limit} are allowed.`, {
    measured: { limit },
  })
}
