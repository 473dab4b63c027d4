import { fromReading } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiPlaces } from './places.ts'
import { registerDeployment } from './schema-network.ts'
import type { AkamaiRefs } from './schema-refs.ts'

const onePemCall =
  'One call to the vendor per enrollment and network, made only when `pem`, `trustChain` or `keySize` is asked for and ' +
  'shared by them and by all certificates of the deployment; production is asked where it is deployed there, else ' +
  'staging. An account is allowed 35 calls of all kinds in a minute.'

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
      'A certificate deployed to Akamai’s networks, one object for all its deployments. X.509 fields come from the vendor’s ' +
      'list, except `subject` and `validFrom`: these come from the PEM and are null unless `pem`, `trustChain` or `keySize` ' +
      'is selected too. They share its call and are null without an error when it fails.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      contract: t.field({ type: Contract, description: 'The contract it is under.', resolve: ({ place }) => place }),
      enrollment: t.field({
        type: Enrollment,
        description: 'The enrollment it was issued for.',
        resolve: (certificate) => fromReading(certificate.enrollment, certificate),
      }),
      commonName: t.exposeString('name', { nullable: true, description: 'Common name of the signing request.' }),
      deployments: t.field({
        ...kit.prices.few,
        type: [Deployment],
        description: 'Where it is deployed: at most one for each network and role that holds it.',
        resolve: ({ deployments }) => deployments,
      }),
      pem: t.string({
        ...kit.prices.certificate,
        ...kit.guards.content,
        nullable: true,
        description:
          `The certificate as it is deployed, in PEM. ${onePemCall} Null with an error when the vendor does not give it or ` +
          'no longer holds this certificate there: UPSTREAM_NOT_FOUND.',
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).pem,
      }),
      trustChain: t.string({
        ...kit.prices.certificate,
        ...kit.guards.content,
        nullable: true,
        description:
          `The certificates between it and its root, in PEM, one after another; null when the vendor has none. ${onePemCall} ` +
          'Null with an error as `pem`.',
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).trustChain,
      }),
      keySize: t.int({
        ...kit.prices.certificate,
        nullable: true,
        description:
          `Bits of its public key, from its PEM; null for a kind of key that is not known. ${onePemCall} Null with an error ` +
          'as `pem`.',
        resolve: async (certificate, _args, operation) => (await places.pem(operation, certificate)).details.keySize,
      }),
      renewalPending: t.boolean({
        description: 'A pending change of type renewal exists.',
        resolve: ({ enrollment }) => enrollment.pendingChanges.some(({ changeType }) => changeType === 'renewal'),
      }),
    }),
  })
  kit.describeFields(Certificate, {
    scope: 'The contract.',
    name: 'The common name. Null if there is none.',
    active: 'True when deployed to production, false when deployed to staging only.',
    createdAt: 'Always null.',
    validFrom: 'Start of the validity, from the PEM.',
    subject: 'Subject as in RFC 4514, from the PEM.',
    subjectAltNames: 'The names requested in the enrollment, which may be newer than those deployed.',
    weaknesses: 'The weaknesses found in the list, without a call.',
  })
}
