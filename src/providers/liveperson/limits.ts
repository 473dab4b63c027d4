import ms from 'ms'
import type { Limit } from '../../upstream/rate-limit/limit.ts'

/** LivePerson counts by the address that calls: all accounts take from one budget. */
export const livePersonLimits: readonly Limit[] = [
  {
    resource: 'certificates',
    calls: 10,
    window: ms('1s'),
    source: 'https://developers.liveperson.com/mtls-overview.html',
  },
]
