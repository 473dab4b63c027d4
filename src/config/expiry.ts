import ms from 'ms'
import { mapping } from './mapping.ts'
import { duration } from './quantities.ts'

const limit = (standard: ms.StringValue) => duration({ max: ms('3650d') }).default(ms(standard))

/** `expiry:` in the file: how long before its end a certificate is worth a warning. */
export const expirySettings = mapping({ critical: limit('14d'), warning: limit('30d') })
  .superRefine(({ critical, warning }, context) => {
    if (critical <= warning) return
    const message = 'longer than expiry.warning; expected at most as long'
    context.addIssue({ code: 'custom', path: ['critical'], message })
  })
  .prefault({})
