import ms from 'ms'
import { mapping } from './mapping.ts'
import { duration } from './quantities.ts'

const threshold = (standard: ms.StringValue) => duration({ max: ms('3650d') }).default(ms(standard))

/** `expiry:` in the configuration file: how long before its expiry a certificate is in WARNING and in CRITICAL status. */
export const expirySettings = mapping({ critical: threshold('14d'), warning: threshold('30d') })
  .superRefine(({ critical, warning }, context) => {
    if (critical <= warning) return
    const message = 'longer than expiry.warning; expected the same duration or a shorter one'
    context.addIssue({ code: 'custom', path: ['critical'], message })
  })
  .prefault({})
