import { firstOf } from './rewriting.ts'
import { type SandboxFile, type Stack, startStack } from './stack.ts'

export const switchKey = '1-AB12:1-CD34'

/** Adds the account `second` to the file: the first account's API client may act for it. */
const withSecondAccount = (file: SandboxFile) => {
  const first = firstOf(file.akamai.accounts)
  const second = { ...first, id: 'second', name: 'Second', accountSwitchKey: switchKey }
  return { ...file, akamai: { accounts: [first, second] } }
}

/** Two accounts. The second one has one of the first one's contracts, without its first enrollment, and another contract. */
export async function startStackWithSecondAccount() {
  const stack: Stack = await startStack({ configure: withSecondAccount })
  const account = firstOf(stack.akamai.state.accounts)
  const shared = firstOf(account.contracts)
  const own = { id: 'C-OWN', parent: null, enrollments: shared.enrollments.slice(0, 1) }
  const contracts = [{ ...shared, enrollments: shared.enrollments.slice(1) }, own]
  stack.akamai.state.accounts.push({ ...account, id: 'second', accountSwitchKey: switchKey, contracts })
  return { stack, shared: shared.id, own: own.id }
}
