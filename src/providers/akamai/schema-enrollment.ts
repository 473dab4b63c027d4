import { fromReading } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { renewalStartOf } from './enrollment-details.ts'
import type { AkamaiPlaces } from './places.ts'
import { registerNetworkConfiguration, registerPendingChange } from './schema-network.ts'
import type { AkamaiRefs } from './schema-refs.ts'

const oneListCall =
  'Costs one call per contract for the list of enrollments, which is cached like the certificates. Null with an error ' +
  'when it cannot be read.'

/** AkamaiEnrollment. */
export function registerEnrollment(
  kit: SchemaKit,
  { Contract, Certificate, Enrollment }: AkamaiRefs,
  places: AkamaiPlaces,
): void {
  const Node = kit.builder.nodeInterfaceRef()
  const PendingChange = registerPendingChange(kit)
  const NetworkConfiguration = registerNetworkConfiguration(kit)

  Enrollment.implement({
    description:
      'An enrollment: a request for certificates, with the certificates that were issued for it and are deployed.',
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node`.' }),
      enrollmentId: t.exposeID('enrollmentId', { description: 'Akamai’s id.' }),
      contract: t.field({
        type: Contract,
        constant: true,
        description: 'The contract.',
        resolve: ({ contract }) => contract,
      }),
      certificateType: t.exposeString('certificateType', {
        nullable: true,
        description: 'The type at Akamai: san, single, wildcard, wildcard-san or third-party.',
      }),
      commonName: t.exposeString('commonName', {
        nullable: true,
        description: 'The common name of the certificate signing request.',
      }),
      subjectAltNames: t.exposeStringList('subjectAltNames', {
        nullable: true,
        description: 'The names in the certificate signing request, in lower case and without duplicates.',
      }),
      pendingChanges: t.field({
        ...kit.prices.few,
        type: [PendingChange],
        constant: true,
        description:
          'The pending changes, the newest last. Empty if Akamai’s list of them could not be read, which `parseIssues` of ' +
          'the certificates reports.',
        resolve: ({ pendingChanges }) => pendingChanges ?? [],
      }),
      earliestExpiry: t.field({
        type: 'DateTime',
        nullable: true,
        constant: true,
        description:
          'The earliest expiry of its deployed certificates, on both networks and in all roles. Null if nothing is ' +
          'deployed or no expiry is known. Costs no call.',
        resolve: ({ earliestExpiry }) => kit.toDateTime(earliestExpiry),
      }),
      registrationAuthority: t.string({
        ...kit.prices.sharedCall('enrollment'),
        nullable: true,
        description: `The certificate authority: symantec, lets-encrypt or third-party. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.registrationAuthority ?? null,
      }),
      validationType: t.string({
        ...kit.prices.sharedCall('enrollment'),
        nullable: true,
        description: `The type of validation: dv, ov, ev or third-party. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.validationType ?? null,
      }),
      autoRenewalStartTime: t.field({
        ...kit.prices.sharedCall('enrollment'),
        type: 'DateTime',
        nullable: true,
        description: `When the automatic renewal starts. Null if there is none. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          kit.toDateTime(renewalStartOf(await places.enrollmentDetails(operation, enrollment), enrollment.contract)),
      }),
      networkConfiguration: t.field({
        ...kit.prices.found,
        type: NetworkConfiguration,
        nullable: true,
        description: `How the certificates are to be served. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.networkConfiguration ?? null,
      }),
      deployedCertificates: t.field({
        ...kit.prices.few,
        type: [Certificate],
        constant: true,
        description: 'The deployed certificates, each of them once.',
        resolve: (enrollment) => enrollment.certificates.map((certificate) => fromReading(certificate, enrollment)),
      }),
    }),
  })
}
