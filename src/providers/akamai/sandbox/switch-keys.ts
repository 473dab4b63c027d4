import type { Answer } from '../../../sandbox/call.ts'
import { refuseIdentity } from './problem.ts'
import type { Account } from './state.ts'

/** The accounts that a client may act for; a search is for a part of the name or of the id, which the key begins with. */
export function answerSwitchKeys({ switchKeys }: Account, search: string | null): Answer {
  if (search !== null && search.length < 3) {
    return refuseIdentity(400, 'Bad request', 'The search has fewer than 3 characters.')
  }
  const wanted = (search ?? '').toLowerCase()
  const body = switchKeys.filter(({ accountName, accountSwitchKey }) =>
    [accountName, accountSwitchKey].some((text) => text.toLowerCase().includes(wanted)),
  )
  return { status: 200, body }
}
