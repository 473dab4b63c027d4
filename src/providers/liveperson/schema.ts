import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { checkId } from '../../upstream/url.ts'
import type { LivePersonCertificate } from './certificate.ts'
import type { LivePersonAccount, LivePersonPlaces } from './places.ts'

/** Adds LivePerson's types and root fields. */
export function registerLivePerson(kit: SchemaKit, places: LivePersonPlaces): void {
  const { builder, CertificatePlace } = kit
  const { filter, orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()
  const Account = builder.objectRef<LivePersonAccount>('LivePersonAccount')
  const Certificate = builder.objectRef<ReadCertificate<LivePersonCertificate>>('LivePersonCertificate')

  kit.asEntity(Account)
  kit.asEntity(Certificate)

  Account.implement({
    description: 'A LivePerson account, also called a site.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      accountId: t.id({
        constant: true,
        description: 'LivePerson’s id of the account.',
        resolve: ({ vendorId }) => vendorId,
      }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The certificates of the account. Null with an error if they cannot be read.',
          args: {
            filter: t.arg(filter),
            orderBy: t.arg(orderBy),
            maxStaleness: t.arg(maxStaleness),
            includeDeleted: t.arg.boolean({
              defaultValue: false,
              description:
                'Whether to return certificates that are soft-deleted, as with `filter.includeDeleted`. Certificates of ' +
                'unknown state are always returned.',
            }),
          },
          ...kit.prices.placeList,
          resolve: (account, { includeDeleted, filter, ...args }, operation) =>
            kit.listCertificates(operation, account, {
              ...args,
              filter: { ...filter, includeDeleted: includeDeleted || filter?.includeDeleted },
            }),
        },
        { description: 'A page of the certificates of an account.' },
        { description: 'A certificate of an account.' },
      ),
    }),
  })

  Certificate.implement({
    description:
      'A client certificate that LivePerson presents to the services of a company. The vendor does not report ' +
      'X.509 fields: they are null, and the lists of weaknesses are empty.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      account: t.field({ type: Account, constant: true, description: 'The account.', resolve: ({ place }) => place }),
      certificateId: t.exposeID('certificateId', { description: 'LivePerson’s id. It may be larger than 2^53.' }),
      displayName: t.exposeString('displayName', { nullable: true, description: 'The display name at LivePerson.' }),
      deleted: t.exposeBoolean('deleted', {
        nullable: true,
        description: 'Whether it is soft-deleted. Null if unknown.',
      }),
      vendorStatus: t.exposeString('vendorStatus', {
        nullable: true,
        description: 'The status at LivePerson: Available, UnAvailable or another.',
      }),
    }),
  })

  kit.describeFields(Certificate, {
    place: 'The account.',
    active: 'True for the status Available, false for UnAvailable.',
    createdAt: 'Always null.',
    validFrom: 'Always null.',
  })

  builder.queryFields((t) => ({
    livePersonAccount: t.field({
      type: Account,
      nullable: true,
      description: 'The account with this id. Makes no call. NOT_CONFIGURED if the configuration does not have it.',
      args: { id: t.arg.id({ required: true, description: 'LivePerson’s id of the account.' }) },
      resolve: (_root, { id }, operation) => places.account(operation, id, 'id'),
    }),
    livePersonCertificate: t.field({
      ...kit.prices.found,
      type: Certificate,
      nullable: true,
      description:
        'The certificate with these ids, soft-deleted or not. It is read with one call and not cached. Null if LivePerson answers 404, or with an empty body. Null with an error for any other answer; LivePerson may answer an unknown id that way. NOT_CONFIGURED if the configuration does not have ' +
        'the account.',
      args: {
        accountId: t.arg.id({ required: true, description: 'LivePerson’s id of the account.' }),
        id: t.arg.id({ required: true, description: 'LivePerson’s id of the certificate: `certificateId`.' }),
      },
      resolve: (_root, { accountId, id }, operation) => {
        const certificateId = checkId(id, 'id')
        return places.certificate(operation, places.account(operation, accountId, 'accountId'), certificateId)
      },
    }),
  }))
}
