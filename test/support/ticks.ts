import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { HiddenEvent } from '../../src/hidden-event.ts'
import { defaultLimits, type Limits } from '../../src/limits.ts'
import type { Caller } from '../../src/operation.ts'
import { createConnectionState } from '../../src/server/connection-state.ts'
import type { ServerOptions } from '../../src/server/server.ts'
import { EventSource } from './event-source.ts'
import { createManualClock } from './manual-clock.ts'
import { type RunningServer, startServer } from './running-server.ts'

export interface TickContext {
  readonly requestId: string
  readonly signal: AbortSignal
  readonly caller: Caller
}

/** A value that is delivered to a subscription. */
export interface Tick {
  readonly number: number
  /** The place that a caller has to see. */
  readonly place?: string
}

/** A schema with a subscription to what the source has. */
export function createTickSchema(source: EventSource<Tick>, label = 'first'): GraphQLSchema {
  const TickType = new GraphQLObjectType<Tick, TickContext>({
    name: 'Tick',
    fields: {
      number: { type: new GraphQLNonNull(GraphQLInt) },
      /** Which server has made the event. */
      server: { type: GraphQLString, resolve: () => label },
      text: { type: GraphQLString, resolve: ({ number }) => 'x'.repeat(number) },
      broken: {
        type: GraphQLString,
        resolve: () => {
          throw new Error('secret internals')
        },
      },
    },
  })
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString, resolve: () => 'world' } } }),
    subscription: new GraphQLObjectType<unknown, TickContext>({
      name: 'Subscription',
      fields: {
        ticked: {
          type: TickType,
          args: { after: { type: GraphQLInt }, fail: { type: GraphQLString } },
          subscribe: (_root, { after, fail }, { signal }) => {
            if (fail) throw new Error(fail)
            return source.stream(signal, after)
          },
          resolve: (tick, _args, { caller }) => {
            const { place } = tick as Tick
            if (place !== undefined && caller.places?.has(place) === false) throw new HiddenEvent()
            return tick
          },
        },
      },
    }),
  })
}

/** A server with ticks over loopback HTTP. */
export async function startTicks(
  options: Partial<ServerOptions<TickContext>> & { readonly limits?: Limits } = {},
  source = new EventSource<Tick>(),
): Promise<RunningServer & { readonly source: EventSource<Tick> }> {
  const clock = createManualClock()
  const { limits = defaultLimits } = options
  const server = await startServer(
    {},
    {
      limits,
      schema: createTickSchema(source),
      connections: createConnectionState(clock, limits),
      ...options,
      createContext: ({ requestId, signal, caller }) => ({ requestId, signal, caller }),
    },
    clock,
  )
  return { ...server, source }
}
