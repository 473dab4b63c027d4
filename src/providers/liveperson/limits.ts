import ms from 'ms'
import type { Limit } from '../../upstream/rate-limit/limit.ts'

/** The resources that a call may be for. */
export type LivePersonResource = 'certificates' | 'domains' | 'tokens'

/** LivePerson's limit applies to the address of the caller, so all accounts share it. */
export const livePersonLimits: readonly Limit<LivePersonResource>[] = [
  {
    resource: 'certificates',
    calls: 10,
    window: ms('1s'),
    source: 'https://developers.liveperson.com/mtls-overview.html',
  },
]
