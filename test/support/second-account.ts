import { firstOf } from './rewriting.ts'
import { type SandboxFile, type Stack, startStack } from './stack.ts'

export const switchKey = '1-AB12:1-CD34'

/** Adds to the file the account `second`, which the first one's client may act for. */
const withSecondAccount = (file: SandboxFile) => {
  const first = firstOf(file.akamai.accounts)
  const second = { ...first, id: 'second', name: 'Second', accountSwitchKey: switchKey }
  return { ...file, akamai: { accounts: [first, second] } }
}

/** Two accounts, of which the second reaches one of the first one's contracts, without its first enrollment, and one more. */
export async function startStackWithSecondAccount() {
  const stack: Stack = await startStack({ configure: withSecondAccount })
  const account = firstOf(stack.akamai.state.accounts)
  const shared = firstOf(account.contracts)
  const own = { id: 'C-OWN', parent: null, enrollments: shared.enrollments.slice(0, 1) }
  const contracts = [{ ...shared, enrollments: shared.enrollments.slice(1) }, own]
  stack.akamai.state.accounts.push({ ...account, id: 'second', accountSwitchKey: switchKey, contracts })
  return { stack, shared: shared.id, own: own.id }
}
