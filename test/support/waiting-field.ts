import { EventEmitter, once } from 'node:events'
import { GraphQLString } from 'graphql'
import type { TestContext, TestFields } from './running-server.ts'

export interface WaitingField {
  readonly fields: TestFields
  /** The context of the operation that waits, as soon as one does. */
  readonly begun: Promise<TestContext>
  /** Lets it finish. */
  release(): void
}

/** A field `wait` that answers once it is released, or with the reason its operation was aborted for. */
export function createWaitingField(): WaitingField {
  const events = new EventEmitter()
  const resolve = (_source: unknown, _arguments: unknown, context: TestContext) => {
    const { signal } = context
    events.emit('begun', context)
    return Promise.race([
      once(events, 'released').then(() => 'released'),
      once(signal, 'abort').then(() => signal.reason.name),
    ])
  }
  return {
    fields: { wait: { type: GraphQLString, resolve } },
    begun: once(events, 'begun').then(([context]) => context),
    release: () => events.emit('released'),
  }
}
