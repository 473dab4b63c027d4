import { GraphQLInt, GraphQLString } from 'graphql'
import { Listeners } from '../../src/listeners.ts'
import type { TestContext, TestFields } from './running-server.ts'

export interface CountingFields {
  readonly fields: TestFields
  /** How often `count` was executed. */
  readonly executions: number
  /** Changes what `count` was made from. */
  change(): void
}

/** A field `count` that returns how often it was executed, and `live`, which may not be given again. */
export function createCountingFields(): CountingFields {
  const listeners = new Listeners()
  let executions = 0
  return {
    fields: {
      count: {
        type: GraphQLInt,
        args: { of: { type: GraphQLString } },
        resolve: (_source, _args, { basis }: TestContext) => {
          basis?.dependOn(listeners.subscribe)
          executions += 1
          return executions
        },
      },
      live: {
        type: GraphQLInt,
        resolve: (_source, _args, { basis }: TestContext) => {
          basis?.exclude()
          executions += 1
          return executions
        },
      },
    },
    get executions() {
      return executions
    },
    change: () => listeners.notify(),
  }
}
