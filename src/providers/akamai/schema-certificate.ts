import { fromReading } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiPlaces } from './places.ts'
import { registerDeployment } from './schema-network.ts'
import type { AkamaiRefs } from './schema-refs.ts'

const onePemCall =
  'Costs one call per enrollment and network, which `pem`, `trustChain` and `keySize` of all its certificates share. The ' +
  'network is production if the certificate is deployed there. Null with an error when the call fails.'

/** AkamaiCertificate. */
export function registerCertificate(
  kit: SchemaKit,
  { Contract, Certificate, Enrollment }: AkamaiRefs,
  places: AkamaiPlaces,
): void {
  const Node = kit.builder.nodeInterfaceRef()
  const Deployment = registerDeployment(kit)

  Certificate.implement({
    description:
      'A certificate deployed to Akamai’s networks, one object for all its deployments. X.509 fields come from the ' +
      'list of the contract, except `subject` and `validFrom`: these come from the PEM and are null unless `pem`, ' +
      '`trustChain` or `keySize` is selected too. They share its call and are null without an error when it fails.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      contract: t.field({ type: Contract, description: 'The contract.', resolve: ({ place }) => place }),
      enrollment: t.field({
        type: Enrollment,
        description: 'The enrollment that it was issued for.',
        resolve: (certificate) => fromReading(certificate.enrollment, certificate),
      }),
      commonName: t.exposeString('name', {
        nullable: true,
        description: 'The common name of the certificate signing request.',
      }),
      deployments: t.field({
        ...kit.prices.few,
        type: [Deployment],
        description: 'Where it is deployed, one object per network and role.',
        resolve: ({ deployments }) => deployments,
      }),
      pem: t.string({
        ...kit.prices.certificate,
        ...kit.guards.content,
        nullable: true,
        description:
          `The certificate in PEM, as it is deployed. ${onePemCall} UPSTREAM_NOT_FOUND if it is no longer deployed ` +
          'there.',
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).pem,
      }),
      trustChain: t.string({
        ...kit.prices.certificate,
        ...kit.guards.content,
        nullable: true,
        description: `The intermediate certificates in PEM, one after another. Null if Akamai has none. ${onePemCall}`,
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).trustChain,
      }),
      keySize: t.int({
        ...kit.prices.certificate,
        nullable: true,
        description: `The size of the public key in bits, read from the PEM. Null for an unknown kind of key. ${onePemCall}`,
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).details.keySize,
      }),
      renewalPending: t.boolean({
        description: 'Whether a change of type renewal is pending.',
        resolve: ({ enrollment }) => enrollment.pendingChanges.some(({ changeType }) => changeType === 'renewal'),
      }),
    }),
  })
  kit.describeFields(Certificate, {
    place: 'The contract.',
    name: 'The common name. Null if there is none.',
    active: 'True when deployed to production, false when deployed to staging only.',
    createdAt: 'Always null.',
    validFrom: 'Start of the validity, from the PEM.',
    subject: 'Subject as in RFC 4514, from the PEM.',
    x509Issues: 'What in the PEM could not be parsed.',
    subjectAltNames: 'The names requested in the enrollment, which may be newer than those deployed.',
    weaknesses: 'The weaknesses found in the list, without a call.',
  })
}
