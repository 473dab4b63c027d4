import type { GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Limits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { type ConnectionState, createConnectionState } from './connection-state.ts'
import type { RequestHandler } from './connections.ts'
import { createDocumentCache } from './document-cache.ts'
import { idParameters } from './document-id.ts'
import { type ToGraphQLError, toClientError } from './error.ts'
import { FairQueue } from './fair-queue.ts'
import { createHandler } from './handler.ts'
import type { HttpExport } from './http-export.ts'
import { OpenStreams } from './open-streams.ts'
import { createTakeSlot } from './operation-slots.ts'
import type { CostOf } from './price.ts'
import { RefusedHosts } from './refused-hosts.ts'
import { createRepeatedRequests } from './repeated-requests.ts'
import type { RequestState } from './request-state.ts'
import { StoredAnswers } from './stored-answers.ts'
import type { StreamCounter } from './stream-counter.ts'
import { createSubscriptionHost } from './subscription-host.ts'
import type { SubscriptionHost, Subscriptions } from './subscriptions.ts'
import { useArgumentPaths } from './use-argument-paths.ts'
import { useAuthentication } from './use-authentication.ts'
import { useBody, withoutBody } from './use-body.ts'
import { useCors } from './use-cors.ts'
import { useCost } from './use-cost.ts'
import { useCsrf } from './use-csrf.ts'
import { type Documents, useDocuments } from './use-documents.ts'
import { useExports } from './use-exports.ts'
import { useFairQueue } from './use-fair-queue.ts'
import { useGraphiQL } from './use-graphiql.ts'
import { createHostCheck, useHost } from './use-host.ts'
import { useIdempotencyKey } from './use-idempotency-key.ts'
import { useIntrospection } from './use-introspection.ts'
import { useLimits } from './use-limits.ts'
import { type CountOperation, type MetricsSource, useMetrics } from './use-metrics.ts'
import { type OperationOptions, useOperation } from './use-operation.ts'
import { useOperationLog } from './use-operation-log.ts'
import { usePage } from './use-page.ts'
import { useParameters } from './use-parameters.ts'
import { graphqlPath, usePath } from './use-path.ts'
import { type Health, type Readiness, useProbes } from './use-probes.ts'
import { useRequestId } from './use-request-id.ts'
import { useSandboxHeader } from './use-sandbox-header.ts'
import { useSubscriptions } from './use-subscriptions.ts'
import { useVariables } from './use-variables.ts'

export interface ServerOptions<Context extends object> extends OperationOptions<Context> {
  readonly schema: GraphQLSchema
  /** Creates the schema that introspection describes. Default: `schema`. */
  readonly createIntrospectionSchema?: () => GraphQLSchema
  readonly log: Logger
  readonly authenticate: Authenticate
  /** Removes secrets from a text, and cuts it at the limit. */
  redact(text: string, limit: number): string
  /** Converts an expected error to one with a code; undefined for any other, which is masked and logged. */
  readonly toGraphQLError: ToGraphQLError
  readonly mode: 'live' | 'sandbox'
  readonly version: string
  /** Accepted Host names besides the loopback ones. */
  readonly hosts: readonly string[]
  /** Logs the Hosts that are refused. Default: one for this server. */
  readonly refusedHosts?: RefusedHosts | undefined
  /** Origins whose web pages may call the API. */
  readonly origins: readonly string[]
  /** Whether web pages of an origin that is not listed may call the API. Default: they may not. */
  readonly acceptsOrigin?: ((origin: string) => boolean) | undefined
  readonly introspection: boolean
  readonly graphiql: boolean
  /** The queries that GraphiQL opens with. */
  readonly queries: readonly string[]
  readonly limits: Limits
  readonly documents: Documents
  readonly costOf: CostOf
  /** Lists of certificates as files. Default: none. */
  readonly exports?: readonly HttpExport<Context>[]
  /** Milliseconds for which an answer is given again to identical requests; 0: never. */
  readonly storeFor: number
  /** The state of a caller's places, for `/health`. */
  readonly health?: (visitor: Pick<Caller, 'places'>) => Health
  /** The folder of the page, as the build makes it; absent where none is served. */
  readonly page?: URL | undefined
  /** The metrics at `/metrics`; absent where they are not served there. */
  readonly metrics?: MetricsSource | undefined
  /** Counts each operation; absent when nothing is counted. */
  readonly countOperation?: CountOperation | undefined
  /** Counts streams and their events; absent when nothing is counted. */
  readonly countStreams?: StreamCounter | undefined
  /** Those of the listener, which another server may have used before. Default: new ones. */
  readonly connections?: ConnectionState
  /** Further members of `/health` for callers who may see all places. */
  readonly features?: () => Readonly<Record<string, unknown>>
}

export interface Server {
  fetch(request: Request): Promise<Response>
  /** The same as a listener for `node:http`. */
  readonly handler: RequestHandler
  readonly readiness: Readiness
  readonly authenticate: Authenticate
  /** The responses that are streamed, without those of subscriptions. */
  readonly streams: OpenStreams
  /** The open subscriptions of the listener. */
  readonly subscriptions: Subscriptions
  readonly subscriptionHost: SubscriptionHost
  dispose(): Promise<void>
}

/** Creates the HTTP server: Yoga, with its plugins in the order in which a request passes them. */
export function createServer<Context extends object>(options: ServerOptions<Context>): Server {
  const { schema, mode, version, hosts, origins, graphiql, limits, documents, features, clock, log, redact } = options
  const queue = new FairQueue(clock)
  const { readiness, unsent, readers, subscriptions } = options.connections ?? createConnectionState(clock, limits)
  const limiter = new ConcurrencyLimiter(limits.operations, (caller) => queue.usedBy(caller))
  const takeSlot = createTakeSlot({ limiter, unsent, readers })
  const streams = new OpenStreams(log)
  const answers = new StoredAnswers(clock, options.storeFor, limits.cost)
  const isAcceptedHost = createHostCheck(hosts)
  const subscriptionHost = createSubscriptionHost(options, queue)
  subscriptions.begin(subscriptionHost)

  const yoga = createYoga<RequestState>({
    schema,
    graphqlEndpoint: graphqlPath,
    // The body has been read.
    maxRequestBodySize: false,
    extraParamNames: [...idParameters],
    batching: limits.batching > 1 && { limit: limits.batching },
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    maskedErrors: { maskError: (error) => toClientError(error, options.toGraphQLError) },
    // Yoga's own versions of the plugins below would respond before the Host header is checked. Its health check cannot
    // be turned off, so it gets a path that no URL can have.
    healthCheckEndpoint: ' ',
    graphiql: false,
    landingPage: false,
    logging: false,
    cors: false,
    multipart: false,
    plugins: [
      useBody(),
      useRequestId(),
      mode === 'sandbox' && useSandboxHeader(),
      options.metrics !== undefined &&
        useMetrics({ metrics: options.metrics, authenticate: options.authenticate, isAcceptedHost }),
      useHost(isAcceptedHost, options.refusedHosts ?? new RefusedHosts(clock, log)),
      useProbes({
        mode,
        version,
        health: options.health ?? (() => ({ status: 'ok' })),
        features: () => ({ graphiql, ...features?.() }),
        authenticate: options.authenticate,
        isAcceptedHost,
        readiness,
      }),
      options.page !== undefined && usePage(options.page),
      graphiql && useGraphiQL(mode === 'sandbox' ? 'certgraph (sandbox)' : 'certgraph', options.queries),
      useCors(origins, options.acceptsOrigin),
      useExports(options, queue, takeSlot),
      usePath(),
      useOperationLog(
        clock,
        log,
        options.introspection ? redact : (text, limit) => withoutSuggestions(redact(text, limit)),
        options.countOperation,
      ),
      useAuthentication(options.authenticate, log),
      useCsrf(),
      useParameters(limits),
      useFairQueue(queue),
      useDocuments(documents),
      useLimits(limits, options.introspection),
      useArgumentPaths(),
      useVariables(limits),
      useCost(options.costOf, limits),
      useIdempotencyKey(),
      useIntrospection(options.createIntrospectionSchema ?? (() => schema)),
      useOperation(options, queue, takeSlot),
      useSubscriptions(options, queue, unsent, subscriptions),
    ],
  })

  return {
    fetch: async (request) => yoga.fetch(request),
    handler: createHandler({
      respond: (req, res, state) => yoga.handleNodeRequestAndResponse(state.body ? withoutBody(req) : req, res, state),
      maxBody: limits.body,
      repeatedRequests:
        options.storeFor > 0
          ? createRepeatedRequests({
              answers,
              authenticate: options.authenticate,
              limiter,
              isAcceptedHost,
              deadline: options.deadline,
              clock,
              log,
              countOperation: options.countOperation,
              redact,
            })
          : undefined,
      unsent,
      readers,
      streams,
      log,
    }),
    readiness,
    authenticate: options.authenticate,
    streams,
    subscriptions,
    subscriptionHost,
    async dispose() {
      answers.clear()
      await yoga.dispose()
    },
  }
}

/** Removes the names that GraphQL suggests for invalid variable values: `hideSuggestions` does not cover those. */
function withoutSuggestions(message: string): string {
  return message.replace(/ Did you mean .*$/s, '')
}
