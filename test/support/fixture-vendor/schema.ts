import type { ReadCertificate } from '../../../src/catalog/certificate.ts'
import type { SchemaKit } from '../../../src/schema/kit.ts'
import type { ExampleCertificate } from './certificate.ts'
import type { ExampleAccount } from './places.ts'

/** Adds the registry's types. */
export function registerExample(kit: SchemaKit): void {
  const { builder } = kit
  const { filter, orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()
  const Account = builder.objectRef<ExampleAccount>('ExampleAccount')
  const Certificate = builder.objectRef<ReadCertificate<ExampleCertificate>>('ExampleCertificate')
  kit.asEntity(Account)
  kit.asEntity(Certificate)

  Account.implement({
    description: 'An account at the registry.',
    interfaces: [Node, kit.CertificatePlace],
    fields: (t) => ({
      accountId: t.id({ constant: true, description: 'The id at the registry.', resolve: ({ vendorId }) => vendorId }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The certificates of the account. Null with an error if they cannot be read.',
          args: { filter: t.arg(filter), orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          ...kit.prices.placeList,
          resolve: (account, args, operation) => kit.listCertificates(operation, account, args),
        },
        { description: 'A page of the certificates of an account.' },
        { description: 'A certificate of an account.' },
      ),
    }),
  })
  Certificate.implement({
    description: 'A certificate at the registry.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      account: t.field({ type: Account, constant: true, description: 'The account.', resolve: ({ place }) => place }),
      certificateId: t.exposeID('certificateId', { description: 'The id at the registry.' }),
    }),
  })
}
