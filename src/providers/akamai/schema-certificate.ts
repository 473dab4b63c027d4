import { fromReading } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiPlaces } from './places.ts'
import { registerDeployment } from './schema-network.ts'
import type { AkamaiRefs } from './schema-refs.ts'

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
      'A certificate deployed to Akamai’s networks, one object for all its deployments. `subject`, `validFrom`, ' +
      '`lifetimeRemaining`, `keySize`, `x509Issues` and `weaknesses` are read from the PEM and kept by fingerprint; the ' +
      'other X.509 fields are in the list of the contract. A PEM costs one call per enrollment and network: production ' +
      'if the certificate is deployed there. Akamai allows 35 calls per minute.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      contract: t.field({
        type: Contract,
        constant: true,
        description: 'The contract.',
        resolve: ({ place }) => place,
      }),
      enrollment: t.field({
        type: Enrollment,
        constant: true,
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
        constant: true,
        description: 'Where it is deployed, one object per network and role.',
        resolve: ({ deployments }) => deployments,
      }),
      trustChain: t.string({
        ...kit.prices.content,
        ...kit.guards.content,
        nullable: true,
        description:
          'The intermediate certificates in PEM, one after another. Null if Akamai has none. Shares the call of `pem`.',
        resolve: async (certificate, _args, operation) => (await places.deployed(operation, certificate)).trustChain,
      }),
      renewalPending: t.boolean({
        constant: true,
        description:
          'Whether a change of type renewal is pending. False if Akamai’s list of changes could not be read, which ' +
          '`parseIssues` reports.',
        resolve: ({ enrollment }) =>
          enrollment.pendingChanges?.some(({ changeType }) => changeType === 'renewal') ?? false,
      }),
    }),
  })
  kit.describeFields(Certificate, {
    place: 'The contract.',
    name: 'The common name. Null if there is none.',
    active: 'True when deployed to production, false when deployed to staging only.',
    createdAt: 'Always null.',
    pem:
      'The certificate in PEM, as it is deployed. UPSTREAM_NOT_FOUND if it is no longer deployed there. Never cached: ' +
      'costs one call per enrollment and network.',
    subjectAltNames: 'The names requested in the enrollment, which may be newer than those deployed.',
  })
}
