import { fromReading } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import { renewalStartOf } from './enrollment-details.ts'
import type { AkamaiPlaces } from './places.ts'
import { registerNetworkConfiguration, registerPendingChange } from './schema-network.ts'
import type { AkamaiRefs } from './schema-refs.ts'

const oneListCall =
  'From the list of enrollments: one call to the vendor per contract, made only when such a field is asked for and ' +
  'kept like the certificates. Null without an error when the enrollment is not on it, with an error when it cannot be ' +
  'read.'

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
    description: 'An enrollment: a request for certificates, and those that were issued for it and are deployed.',
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node`.' }),
      enrollmentId: t.exposeID('enrollmentId', { description: 'The vendor’s id.' }),
      contract: t.field({
        type: Contract,
        description: 'The contract it is under.',
        resolve: ({ contract }) => contract,
      }),
      certificateType: t.exposeString('certificateType', {
        nullable: true,
        description: 'The vendor’s word: san, single, wildcard, wildcard-san or third-party.',
      }),
      commonName: t.exposeString('commonName', { nullable: true, description: 'Common name of the signing request.' }),
      subjectAltNames: t.exposeStringList('subjectAltNames', {
        nullable: true,
        description: 'Names in the signing request, lower-cased, without duplicates.',
      }),
      pendingChanges: t.field({
        ...kit.prices.few,
        type: [PendingChange],
        description: 'Changes under way, the newest last.',
        resolve: ({ pendingChanges }) => pendingChanges,
      }),
      earliestExpiry: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'When the first of all that is deployed runs out, on production or staging, primary or multi-stacked. Null when ' +
          'nothing is deployed or no end is known. No call of its own.',
        resolve: ({ earliestExpiry }) => kit.toDate(earliestExpiry),
      }),
      registrationAuthority: t.string({
        ...kit.prices.sharedCall('enrollment'),
        nullable: true,
        description: `Who issues for it, in the vendor’s word: symantec, lets-encrypt or third-party. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.registrationAuthority ?? null,
      }),
      validationType: t.string({
        ...kit.prices.sharedCall('enrollment'),
        nullable: true,
        description: `How its holder is validated, in the vendor’s word: dv, ov, ev or third-party. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.validationType ?? null,
      }),
      autoRenewalStartTime: t.field({
        ...kit.prices.sharedCall('enrollment'),
        type: 'DateTime',
        nullable: true,
        description: `When its renewal starts by itself; null when it does not. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          kit.toDate(renewalStartOf(await places.enrollmentDetails(operation, enrollment), enrollment.contract)),
      }),
      networkConfiguration: t.field({
        ...kit.prices.found,
        type: NetworkConfiguration,
        nullable: true,
        description: `How its certificates are to be served. ${oneListCall}`,
        resolve: async (enrollment, _args, operation) =>
          (await places.enrollmentDetails(operation, enrollment))?.networkConfiguration ?? null,
      }),
      certificates: t.field({
        ...kit.prices.few,
        type: [Certificate],
        description: 'One for each distinct certificate deployed; none while nothing is.',
        resolve: (enrollment) => enrollment.certificates.map((certificate) => fromReading(certificate, enrollment)),
      }),
    }),
  })
}
