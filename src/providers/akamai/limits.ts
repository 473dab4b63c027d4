import ms from 'ms'
import type { Limit } from '../../upstream/rate-limit/limit.ts'

/** The resources that a call may be for. */
export type AkamaiResource = 'active certificates' | 'enrollments' | 'deployments' | 'contracts' | 'account switch keys'

const source = 'https://techdocs.akamai.com/cps/reference/rate-limiting'

/**
 * Akamai's limits apply to an account and all its API clients. It allows ten calls a minute for active certificates: two
 * of them are left to other tools.
 */
export const akamaiLimits: readonly Limit<AkamaiResource>[] = [
  { resource: 'active certificates', calls: 8, window: ms('1m'), source, adjustable: true },
  { resource: null, calls: 20, window: ms('2s'), source },
  { resource: null, calls: 35, window: ms('1m'), source },
]
