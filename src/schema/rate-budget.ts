import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'
import type { Builder } from './builder.ts'
import { toDate } from './date.ts'

/** The type `RateBudget`, as version 1 of the schema calls the state of a rate limit. */
export function registerRateLimitStatus(builder: Builder) {
  const ref = builder.objectRef<RateLimitStatus>('RateBudget')
  ref.implement({
    directives: { shareable: {} },
    description:
      'A rate limit of a vendor, counted over a sliding window. If several limits apply, the one with the fewest calls left.',
    fields: (t) => ({
      limit: t.int({
        description: 'Calls allowed per window.',
        resolve: ({ limit }) => limit.calls,
      }),
      remaining: t.exposeInt('remaining', { description: 'Calls that are possible now.' }),
      resetAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When `remaining` grows next. Null when it equals `limit`.',
        resolve: ({ resetAt }) => toDate(resetAt),
      }),
      waiting: t.exposeInt('waiting', { description: 'Calls in the queue.' }),
    }),
  })
  return ref
}
