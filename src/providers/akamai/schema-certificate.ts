import { fromReading } from '../../catalog/certificate.ts'
import type { Kit } from '../../schema/kit.ts'
import { registerDeployment, registerPendingChange } from './schema-deployment.ts'
import type { AkamaiRefs } from './schema-refs.ts'

/** AkamaiEnrollment and AkamaiCertificate. */
export function registerCertificates(kit: Kit, { Contract, Certificate, Enrollment }: AkamaiRefs): void {
  const Node = kit.builder.nodeInterfaceRef()
  const Deployment = registerDeployment(kit)
  const PendingChange = registerPendingChange(kit)

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
        type: [PendingChange],
        description: 'Changes under way, the newest last.',
        resolve: ({ pendingChanges }) => pendingChanges,
      }),
      certificates: t.field({
        type: [Certificate],
        description: 'One for each distinct certificate deployed; none while nothing is.',
        resolve: (enrollment) => enrollment.certificates.map((certificate) => fromReading(certificate, enrollment)),
      }),
    }),
  })

  Certificate.implement({
    description: 'A certificate deployed to Akamai’s networks, whatever the number of places it is deployed to.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      contract: t.field({ type: Contract, description: 'The contract it is under.', resolve: ({ scope }) => scope }),
      enrollment: t.field({
        type: Enrollment,
        description: 'The enrollment it was issued for.',
        resolve: (certificate) => fromReading(certificate.enrollment, certificate),
      }),
      commonName: t.exposeString('name', { nullable: true, description: 'Common name of the signing request.' }),
      deployments: t.field({
        type: [Deployment],
        description: 'Where it is deployed: at most one for each network and role that holds it.',
        resolve: ({ deployments }) => deployments,
      }),
      renewalPending: t.boolean({
        description: 'A pending change of type renewal exists.',
        resolve: ({ enrollment }) => enrollment.pendingChanges.some(({ changeType }) => changeType === 'renewal'),
      }),
    }),
  })
}
