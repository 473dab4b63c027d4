import { InputError } from '../../input-error.ts'
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
        'A contract by the vendor’s id, from the configured or listed contracts, with no certificate call made. A contract ' +
        'that several accounts reach is read through the first. NOT_CONFIGURED when none has it.',
      args: {
        id: t.arg.id({ required: true, description: 'The vendor’s id of the contract.' }),
        accountSwitchKey: t.arg.string({
          description: 'Read it through the account configured with this switch key; FORBIDDEN for any other key.',
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
        const account = places.account(operation, accountId, 'accountId')
        const wanted = search ?? undefined
        if (wanted !== undefined && [...wanted].length < minSearchLength) {
          throw new InputError(`search: expected at least ${minSearchLength} characters`)
        }
        return places.switchKeys(operation, account, wanted)
      },
    }),
  )
}
