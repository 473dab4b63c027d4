import type { EmulatedResponse } from '../../../sandbox/call.ts'
import { rejectIdentity } from './rejections.ts'
import type { Account } from './state.ts'

/** The accounts that a client may act for. A search matches part of the name, or of the id at the start of the key. */
export function respondSwitchKeys({ switchKeys }: Account, search: string | null): EmulatedResponse {
  if (search !== null && search.length < 3) {
    return rejectIdentity(400, 'Bad request', 'search has to have at least 3 characters.')
  }
  const wanted = (search ?? '').toLowerCase()
  const body = switchKeys.filter(({ accountName, accountSwitchKey }) =>
    [accountName, accountSwitchKey].some((text) => text.toLowerCase().includes(wanted)),
  )
  return { status: 200, body }
}
