import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { checkId } from '../../upstream/url.ts'
import type { LivePersonCertificate } from './certificate.ts'
import type { LivePersonAccount, LivePersonPlaces } from './places.ts'

/** Adds LivePerson's types and root fields. */
export function registerLivePerson(kit: SchemaKit, places: LivePersonPlaces): void {
  const { builder, CertificatePlace } = kit
  const { orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()
  const Account = builder.objectRef<LivePersonAccount>('LivePersonAccount')
  const Certificate = builder.objectRef<ReadCertificate<LivePersonCertificate>>('LivePersonCertificate')

  kit.asEntity(Account)
  kit.asEntity(Certificate)

  Account.implement({
    description: 'A LivePerson account, also called a site.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      accountId: t.id({ description: 'The vendor’s id of the account.', resolve: ({ vendorId }) => vendorId }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'Every certificate of the account. Null with an error when the vendor does not give them.',
          args: {
            orderBy: t.arg(orderBy),
            maxStaleness: t.arg(maxStaleness),
            includeDeleted: t.arg.boolean({
              required: true,
              defaultValue: false,
              description:
                'Whether to list what is softly deleted. What the vendor does not call deleted is always listed.',
            }),
          },
          resolve: (account, args, operation) =>
            account.connectCertificates(operation, args, ({ deleted }) => args.includeDeleted || deleted !== true),
        },
        { description: 'A page of an account’s certificates.' },
        { description: 'A certificate in its account’s list.' },
      ),
    }),
  })

  Certificate.implement({
    description:
      'A certificate that LivePerson presents to a company’s own services. The vendor does not report X.509 fields: they are ' +
      'null, and the lists of weaknesses are empty.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      account: t.field({ type: Account, description: 'The account that holds it.', resolve: ({ place }) => place }),
      certificateId: t.exposeID('certificateId', { description: 'The vendor’s id, exact even beyond 2^53.' }),
      displayName: t.exposeString('displayName', { nullable: true, description: 'The name that people are shown.' }),
      deleted: t.exposeBoolean('deleted', {
        nullable: true,
        description: 'Softly deleted. Null when the vendor does not say; such certificates are listed.',
      }),
      vendorStatus: t.exposeString('vendorStatus', {
        nullable: true,
        description: 'The vendor’s own word: Available, UnAvailable and others.',
      }),
    }),
  })

  kit.describeFields(Certificate, {
    scope: 'The account.',
    active: 'True for the status Available, false for UnAvailable.',
    createdAt: 'Always null.',
    validFrom: 'Always null.',
  })

  builder.queryFields((t) => ({
    livePersonAccount: t.field({
      type: Account,
      nullable: true,
      description: 'An account by the vendor’s id, with no call made. NOT_CONFIGURED when nobody configured it.',
      args: { id: t.arg.id({ required: true, description: 'The vendor’s id of the account.' }) },
      resolve: (_root, { id }, operation) => places.account(operation, id, 'id'),
    }),
    livePersonCertificate: t.field({
      ...kit.prices.found,
      type: Certificate,
      nullable: true,
      description:
        'A certificate by the vendor’s ids, read from the vendor there and then: one call for each, and nothing is kept. ' +
        'Softly deleted ones are found too. Null when the vendor answers that it is not there, or nothing at all; null with ' +
        'an error when it answers anything else, as it may for an id it does not know. NOT_CONFIGURED when nobody ' +
        'configured the account.',
      args: {
        accountId: t.arg.id({ required: true, description: 'The vendor’s id of the account.' }),
        id: t.arg.id({ required: true, description: 'The vendor’s id of the certificate, `certificateId` elsewhere.' }),
      },
      resolve: (_root, { accountId, id }, operation) => {
        const certificateId = checkId(id, 'id')
        return places.certificate(operation, places.account(operation, accountId, 'accountId'), certificateId)
      },
    }),
  }))
}
