import { createSecret } from '../../../sandbox/secret.ts'
import type { Account, Contract, SwitchKey } from './state.ts'

/** An account with an API client of its own. */
export function createAccount(id: string, name: string, contracts: Contract[], switchKeys: SwitchKey[] = []): Account {
  return {
    id,
    name,
    clientToken: createSecret('akab-client-'),
    clientSecret: createSecret(),
    accessToken: createSecret('akab-access-'),
    accountSwitchKey: null,
    contracts,
    switchKeys,
  }
}
