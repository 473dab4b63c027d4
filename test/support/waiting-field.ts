import { EventEmitter, once } from 'node:events'
import { GraphQLString } from 'graphql'
import type { TestContext, TestFields } from './running-server.ts'

export interface WaitingField {
  readonly fields: TestFields
  /** The context of the first operation that waits. */
  readonly begun: Promise<TestContext>
  /** Lets the field return. */
  release(): void
}

/** A field `wait` that returns when it is released, or the reason when its operation is aborted. */
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
