import { checkText, InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { checkId, checkSwitchKey } from '../../upstream/url.ts'
import type { AkamaiAccount, AkamaiPlaces } from './places.ts'
import { registerCertificate } from './schema-certificate.ts'
import { registerEnrollment } from './schema-enrollment.ts'
import { registerPlaces } from './schema-places.ts'
import { createAkamaiRefs } from './schema-refs.ts'
import type { WireAccountSwitchKey } from './wire.ts'

/** The shortest text that the vendor searches for. */
const minSearchLength = 3

/** Adds Akamai's types and root fields. */
export function registerAkamai(kit: SchemaKit, places: AkamaiPlaces): void {
  const refs = createAkamaiRefs(kit)
  for (const type of Object.values(refs)) kit.asEntity(type)
  registerPlaces(kit, refs)
  registerCertificate(kit, refs, places)
  registerEnrollment(kit, refs, places)
  registerSwitchKeys(kit, places)

  kit.builder.queryField('akamaiContract', (t) =>
    t.field({
      ...kit.prices.found,
      type: refs.Contract,
      nullable: true,
      description:
        'The contract with this id, configured or discovered. Reads no certificates. A contract that several ' +
        'accounts have is read through the first of them. NOT_CONFIGURED if no account has it.',
      args: {
        id: t.arg.id({ required: true, description: 'Akamai’s id of the contract.' }),
        accountSwitchKey: t.arg.string({
          description: 'Only through the account that is configured with this switch key. FORBIDDEN for any other key.',
        }),
      },
      resolve: async (_root, { id, accountSwitchKey }, operation) => {
        const wanted = checkId(id, 'id')
        const through =
          typeof accountSwitchKey === 'string'
            ? await accountsWithSwitchKey(operation, places, accountSwitchKey)
            : undefined
        const contract = await places.child(operation, wanted, through)
        if (!contract)
          throw new InputError(`id: no Akamai contract ${wanted} is configured or listed`, 'NOT_CONFIGURED')
        return contract
      },
    }),
  )
}

async function accountsWithSwitchKey(
  operation: Operation,
  places: AkamaiPlaces,
  key: string,
): Promise<readonly AkamaiAccount[]> {
  const wanted = checkSwitchKey(key, 'accountSwitchKey')
  const accounts = await places.accountsThat(operation, ({ client }) => client.accountSwitchKey === wanted)
  if (!accounts)
    throw new InputError('accountSwitchKey: not one of the configured keys, and no other is used', 'FORBIDDEN')
  return accounts
}

/** AkamaiAccountSwitchKey and the root field that lists them. */
function registerSwitchKeys({ builder, prices }: SchemaKit, places: AkamaiPlaces): void {
  const AccountSwitchKey = builder.objectRef<WireAccountSwitchKey>('AkamaiAccountSwitchKey')
  AccountSwitchKey.implement({
    description: 'An account that an API client may act for.',
    fields: (t) => ({
      accountName: t.exposeString('accountName', { description: 'The name of the account.' }),
      accountSwitchKey: t.exposeString('accountSwitchKey', {
        description: 'The value of `accountSwitchKey` in the configuration of an account.',
      }),
    }),
  })

  builder.queryField('akamaiAccountSwitchKeys', (t) =>
    t.field({
      ...prices.call,
      type: [AccountSwitchKey],
      nullable: true,
      description:
        'The accounts that the API client of a configured account may act for. They are read with one call, and ' +
        'equal searches within a minute share its answer. Null with an error if they cannot be listed completely. NOT_CONFIGURED if the configuration does ' +
        'not have the account.',
      args: {
        accountId: t.arg.id({ required: true, description: 'The id of the account in the configuration.' }),
        search: t.arg.string({
          description: 'Only accounts with this text in the name or id. 3 to 256 characters.',
        }),
      },
      resolve: (_root, { accountId, search }, operation) => {
        const account = places.account(operation, accountId, 'accountId')
        const wanted = search ?? undefined
        checkText('search', wanted)
        if (wanted !== undefined && [...wanted].length < minSearchLength) {
          throw new InputError(`search: expected at least ${minSearchLength} characters`)
        }
        return places.switchKeys(operation, account, wanted)
      },
    }),
  )
}
