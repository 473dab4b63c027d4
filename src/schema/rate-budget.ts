import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'
import type { Builder } from './builder.ts'
import { toDate } from './date.ts'

/** What is left of a vendor's limit. */
export function registerRateLimitStatus(builder: Builder) {
  const ref = builder.objectRef<RateLimitStatus>('RateBudget')
  ref.implement({
    directives: { shareable: {} },
    description:
      'A limit on calls to a vendor, kept as a sliding window: of several limits on the same calls, the one that has the ' +
      'least left.',
    fields: (t) => ({
      limit: t.int({
        description: 'Calls that are made at most within any window.',
        resolve: ({ limit }) => limit.calls,
      }),
      remaining: t.exposeInt('remaining', { description: 'Calls that could be made now.' }),
      resetAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When `remaining` grows next; null while all of it is there.',
        resolve: ({ resetAt }) => toDate(resetAt),
      }),
      waiting: t.exposeInt('waiting', { description: 'Calls that wait for their turn.' }),
    }),
  })
  return ref
}
