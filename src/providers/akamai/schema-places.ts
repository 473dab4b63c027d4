import type { SchemaKit } from '../../schema/kit.ts'
import { enrollmentConnection } from './enrollments.ts'
import type { AkamaiRefs } from './schema-refs.ts'

/** AkamaiAccount and AkamaiContract. */
export function registerPlaces(kit: SchemaKit, { Account, Contract, Certificate, Enrollment }: AkamaiRefs): void {
  const { builder, CertificatePlace } = kit
  const { orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()

  Account.implement({
    description:
      'The holder of one rate budget at Akamai, with the credential it is read with. Named by the configuration.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      accountId: t.id({ description: 'Its id in the configuration.', resolve: ({ vendorId }) => vendorId }),
      contracts: t.connection(
        {
          ...kit.guards.read,
          type: Contract,
          nullable: true,
          description:
            'The configured contracts, or those the vendor lists. Null with an error when it does not list them.',
          resolve: (account, args, operation) => account.connectBelow(operation, args),
        },
        { description: 'A page of an account’s contracts.' },
        { description: 'A contract in its account’s list.' },
      ),
    }),
  })

  Contract.implement({
    description: 'An Akamai contract. One call reads all its enrollments and what is deployed of them.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      contractId: t.id({ description: 'The vendor’s id of the contract.', resolve: ({ vendorId }) => vendorId }),
      account: t.field({
        type: Account,
        description: 'The account it is read through.',
        resolve: ({ parent }) => parent,
      }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'Every certificate deployed under it. Null with an error when the vendor does not give them.',
          args: { orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          resolve: (contract, args, operation) => contract.connectCertificates(operation, args),
        },
        { description: 'A page of a contract’s certificates.' },
        { description: 'A certificate in its contract’s list.' },
      ),
      enrollments: t.connection(
        {
          ...kit.guards.read,
          type: Enrollment,
          nullable: true,
          description:
            'Its enrollments, also those with nothing deployed yet, by the vendor’s id. Null with an error when the vendor ' +
            'does not give them.',
          args: { maxStaleness: t.arg(maxStaleness) },
          resolve: (contract, args, operation) =>
            enrollmentConnection(args, () => contract.read(operation, args.maxStaleness ?? undefined)),
        },
        { description: 'A page of a contract’s enrollments.' },
        { description: 'An enrollment in its contract’s list.' },
      ),
    }),
  })
}
