import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { checkId, checkSwitchKey } from '../../upstream/url.ts'
import { filterResult, oneOrNull } from '../search-result.ts'
import { placesThatMayHold, visibleOf } from '../visibility.ts'
import { type AkamaiAccount, contractsOf } from './places.ts'
import { registerCertificate } from './schema-certificate.ts'
import { registerEnrollment } from './schema-enrollment.ts'
import { registerPlaces } from './schema-places.ts'
import { createAkamaiRefs } from './schema-refs.ts'
import { registerSwitchKeys } from './schema-switch-keys.ts'

/** Adds Akamai's types and root fields. */
export function registerAkamai(kit: SchemaKit, accounts: readonly AkamaiAccount[]): void {
  const refs = createAkamaiRefs(kit)
  for (const type of Object.values(refs)) kit.asEntity(type)
  registerPlaces(kit, refs)
  registerCertificate(kit, refs)
  registerEnrollment(kit, refs)
  registerSwitchKeys(kit, accounts)

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
            ? await withSwitchKey(operation, accounts, accountSwitchKey)
            : placesThatMayHold(operation, accounts, wanted)
        const found = await contractsOf(through, operation)
        const contract = oneOrNull(filterResult(found, ({ vendorId }) => vendorId === wanted))
        if (!contract)
          throw new InputError(`id: no Akamai contract ${wanted} is configured or listed`, 'NOT_CONFIGURED')
        return contract
      },
    }),
  )
}

/** The accounts with a switch key, as far as the caller may see one of them or of their contracts. */
async function withSwitchKey(
  operation: Operation,
  accounts: readonly AkamaiAccount[],
  key: string,
): Promise<readonly AkamaiAccount[]> {
  const wanted = checkSwitchKey(key, 'accountSwitchKey')
  const through = accounts.filter(({ accountSwitchKey }) => accountSwitchKey === wanted)
  const { items, sources } = await contractsOf(through, operation)
  if (visibleOf(operation, through).length === 0 && items.length === 0) {
    for (const { error } of sources) if (error) throw error
    throw new InputError('accountSwitchKey: not one of the configured keys, and no other is used', 'FORBIDDEN')
  }
  return through
}
