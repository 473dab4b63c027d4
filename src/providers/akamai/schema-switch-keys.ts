import { InputError } from '../../input-error.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { checkId } from '../../upstream/url.ts'
import { visibleOf } from '../visibility.ts'
import type { AkamaiAccount } from './places.ts'
import type { WireAccountSwitchKey } from './wire.ts'

/** What the vendor searches for at the least. */
const shortestSearch = 3

/** AkamaiAccountSwitchKey and the root field that lists them. */
export function registerSwitchKeys({ builder, prices }: SchemaKit, accounts: readonly AkamaiAccount[]): void {
  const AccountSwitchKey = builder.objectRef<WireAccountSwitchKey>('AkamaiAccountSwitchKey')
  AccountSwitchKey.implement({
    description: 'An account of Akamai’s that a client may act for.',
    fields: (t) => ({
      accountName: t.exposeString('accountName', { description: 'What the account is called there.' }),
      accountSwitchKey: t.exposeString('accountSwitchKey', {
        description: 'What an account of the configuration needs as `accountSwitchKey` to be read in its name.',
      }),
    }),
  })

  builder.queryField('akamaiAccountSwitchKeys', (t) =>
    t.field({
      ...prices.call,
      type: [AccountSwitchKey],
      nullable: true,
      description:
        'The accounts that the client of a configured account may act for: one call to the vendor, which is not kept. ' +
        'Null with an error when the vendor does not list them whole. NOT_CONFIGURED when nobody configured the account.',
      args: {
        accountId: t.arg.id({ required: true, description: 'The id of the account in the configuration.' }),
        search: t.arg.string({
          description: 'Only accounts whose name or id has this in it: at least 3 characters.',
        }),
      },
      resolve: (_root, { accountId, search }, operation) => {
        const account = findAccount(visibleOf(operation, accounts), accountId)
        const wanted = search ?? undefined
        if (wanted !== undefined && [...wanted].length < shortestSearch) {
          throw new InputError(`search: expected at least ${shortestSearch} characters`)
        }
        return account.switchKeys(operation, wanted)
      },
    }),
  )
}

function findAccount(accounts: readonly AkamaiAccount[], id: string): AkamaiAccount {
  const wanted = checkId(id, 'accountId')
  const account = accounts.find(({ vendorId }) => vendorId === wanted)
  if (!account) throw new InputError(`accountId: no Akamai account ${wanted} is configured`, 'NOT_CONFIGURED')
  return account
}
