import { z } from 'zod'
import type { CallPlanReport } from '../../call-plan.ts'

const count = z.int().nonnegative()
/** Either a number of calls, or its bounds. */
const counts = {
  calls: count.exactOptional(),
  minimum: count.exactOptional(),
  maximum: count.nullable().exactOptional(),
}
const hasCount = ({ calls, minimum }: { readonly calls?: number; readonly minimum?: number }) =>
  (calls === undefined) !== (minimum === undefined)
const countExpected = 'expected calls, or minimum and maximum'

const line = z
  .object({
    ...counts,
    provider: z.string(),
    account: z.string().nullable(),
    resource: z.string().nullable(),
    place: z.string().nullable(),
    dependsOn: z.array(z.string()),
    cached: z.boolean(),
    rateLimitRemaining: z.number().nullable(),
  })
  .refine(hasCount, countExpected)

/** A plan as a server answers it. */
export const planReport: z.ZodType<CallPlanReport> = z
  .object({ lines: z.array(line), ...counts })
  .refine(hasCount, countExpected)
