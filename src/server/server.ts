import type { RequestListener } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Limits } from '../limits.ts'
import { createDocumentCache } from './document-cache.ts'
import { type ToGraphQLError, toAnswerError } from './error.ts'
import { createHandler } from './handler.ts'
import type { RequestState } from './request-state.ts'
import { useCaller } from './use-caller.ts'
import { useCors } from './use-cors.ts'
import { type CostOf, useCost } from './use-cost.ts'
import { useCsrf } from './use-csrf.ts'
import { type Documents, useDocuments } from './use-documents.ts'
import { useGraphiQL } from './use-graphiql.ts'
import { useHost } from './use-host.ts'
import { useLimits } from './use-limits.ts'
import { type OperationOptions, useOperation } from './use-operation.ts'
import { useOutcome } from './use-outcome.ts'
import { useParameters } from './use-parameters.ts'
import { GRAPHQL_PATH, usePath } from './use-path.ts'
import { type Readiness, useProbes } from './use-probes.ts'
import { useRequestId } from './use-request-id.ts'
import { useSandboxHeader } from './use-sandbox-header.ts'

export interface ServerOptions<Context extends object> extends OperationOptions<Context> {
  readonly schema: GraphQLSchema
  readonly log: Logger
  /** Makes out who asks. */
  readonly authenticate: Authenticate
  /** Takes out of a text what nobody may read. */
  redact(text: string): string
  /** The coded error a caller may see; undefined for what nobody foresaw, which is then masked and logged. */
  readonly toGraphQLError: ToGraphQLError
  readonly mode: 'live' | 'sandbox'
  readonly version: string
  /** Names accepted in the Host header besides those of loopback. */
  readonly hosts: readonly string[]
  /** Web pages of other origins that may call. */
  readonly origins: readonly string[]
  /** Whether the schema may be asked for. */
  readonly introspection: boolean
  readonly graphiql: boolean
  readonly limits: Limits
  readonly documents: Documents
  readonly costOf: CostOf
  /** What else `/health` tells to be switched on. */
  readonly features?: () => Readonly<Record<string, unknown>>
}

export interface Server {
  fetch(request: Request): Promise<Response>
  /** For `node:http`. */
  readonly handler: RequestListener
  readonly readiness: Readiness
  dispose(): Promise<void>
}

/** The incoming wire: Yoga with its plugins in the order of a request. */
export function createServer<Context extends object>(options: ServerOptions<Context>): Server {
  const { schema, mode, version, hosts, origins, graphiql, limits, documents, features, clock, log, redact } = options
  const readiness: Readiness = { phase: 'starting' }

  const yoga = createYoga<RequestState>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    maxRequestBodySize: limits.body,
    batching: limits.batching > 1 && { limit: limits.batching },
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    maskedErrors: { maskError: (error) => toAnswerError(error, options.toGraphQLError) },
    // Yoga's own versions of what the plugins do: they would answer before the Host is looked at. Its health check
    // cannot be turned off; no URL contains a space.
    healthCheckEndpoint: ' ',
    graphiql: false,
    landingPage: false,
    logging: false,
    cors: false,
    multipart: false,
    plugins: [
      useRequestId(),
      mode === 'sandbox' && useSandboxHeader(),
      useHost(hosts),
      useProbes({ mode, version, features: () => ({ graphiql, ...features?.() }), readiness }),
      usePath(),
      useCors(origins),
      graphiql && useGraphiQL(mode === 'sandbox' ? 'certgraph (sandbox)' : 'certgraph'),
      useOutcome(clock, log, options.introspection ? redact : (text) => withoutSuggestions(redact(text))),
      useCaller(options.authenticate, log),
      useCsrf(),
      useParameters(limits),
      useDocuments(documents),
      useLimits(limits, options.introspection),
      useCost(options.costOf, limits.cost),
      useOperation(options),
    ],
  })

  return {
    fetch: async (request) => yoga.fetch(request),
    handler: createHandler(yoga),
    readiness,
    dispose: async () => yoga.dispose(),
  }
}

/** GraphQL suggests names also for values of variables, and there nothing keeps it from that. */
function withoutSuggestions(message: string): string {
  return message.replace(/ Did you mean .*$/s, '')
}
