import type { SchemaKit } from '../../schema/kit.ts'
import { enrollmentConnection } from './enrollments.ts'
import type { AkamaiRefs } from './schema-refs.ts'

/** AkamaiAccount and AkamaiContract. */
export function registerPlaces(kit: SchemaKit, { Account, Contract, Certificate, Enrollment }: AkamaiRefs): void {
  const { builder, CertificatePlace } = kit
  const { filter, orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()

  Account.implement({
    description:
      'An Akamai account: the credentials that contracts are read with, and the rate limits that apply to them.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      accountId: t.id({
        constant: true,
        description: 'Your name for this account: its `id` in the configuration.',
        resolve: ({ vendorId }) => vendorId,
      }),
      contracts: t.connection(
        {
          ...kit.guards.read,
          type: Contract,
          nullable: true,
          description:
            'The configured contracts, or all contracts of the account. Null with an error if they cannot be ' +
            'listed.',
          resolve: (account, args, operation) => account.connectBelow(operation, args),
        },
        { description: 'A page of the contracts of an account.' },
        { description: 'A contract of an account.' },
      ),
    }),
  })

  Contract.implement({
    description: 'An Akamai contract. One call reads all its enrollments and deployed certificates.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      contractId: t.id({
        constant: true,
        description: 'Akamai’s id of the contract.',
        resolve: ({ vendorId }) => vendorId,
      }),
      account: t.field({
        type: Account,
        constant: true,
        description: 'The account that it is read through.',
        resolve: ({ parent }) => parent,
      }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The certificates deployed under the contract. Null with an error if they cannot be read.',
          args: { filter: t.arg(filter), orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          ...kit.prices.placeList,
          resolve: (contract, args, operation) => kit.listCertificates(operation, contract, args),
        },
        { description: 'A page of the certificates of a contract.' },
        { description: 'A certificate of a contract.' },
      ),
      enrollments: t.connection(
        {
          ...kit.guards.read,
          type: Enrollment,
          nullable: true,
          description:
            'The enrollments, those with nothing deployed included, by id. Null with an error if they cannot be ' +
            'read.',
          args: { maxStaleness: t.arg(maxStaleness) },
          resolve: (contract, args, operation) =>
            enrollmentConnection(args, operation.timeSlice, () =>
              contract.read(operation, args.maxStaleness ?? undefined),
            ),
        },
        { description: 'A page of the enrollments of a contract.' },
        { description: 'An enrollment of a contract.' },
      ),
    }),
  })
}
