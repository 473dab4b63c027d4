import type { SchemaKit } from '../../schema/kit.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** OpenAIOrganization and OpenAIProject. */
export function registerPlaces(kit: SchemaKit, { Organization, Project, Certificate }: OpenAIRefs): void {
  const { builder, CertificatePlace } = kit
  const { orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()

  Organization.implement({
    description:
      'An OpenAI organization: its certificates are uploaded here, and switched on for all of it or per project.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      organizationId: t.id({ description: 'The vendor’s id, org_….', resolve: ({ vendorId }) => vendorId }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'Every certificate uploaded to it. Null with an error when the vendor does not give them.',
          args: { orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          resolve: (organization, args, operation) => organization.connectCertificates(operation, args),
        },
        { description: 'A page of an organization’s certificates.' },
        { description: 'A certificate in its organization’s list.' },
      ),
      projects: t.connection(
        {
          ...kit.guards.read,
          type: Project,
          nullable: true,
          description:
            'The configured projects, or those the vendor lists, archived ones left out. Null with an error when it does ' +
            'not list them.',
          resolve: (organization, args, operation) => organization.connectBelow(operation, args),
        },
        { description: 'A page of an organization’s projects.' },
        { description: 'A project in its organization’s list.' },
      ),
    }),
  })

  Project.implement({
    description: 'A project of an OpenAI organization, for which certificates can be switched on one by one.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      projectId: t.id({ description: 'The vendor’s id, proj_….', resolve: ({ vendorId }) => vendorId }),
      organization: t.field({
        type: Organization,
        description: 'The organization it belongs to.',
        resolve: ({ parent }) => parent,
      }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The project’s own list. Null with an error when the vendor does not give it.',
          args: { orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          resolve: (project, args, operation) => project.connectCertificates(operation, args),
        },
        { description: 'A page of a project’s certificates.' },
        {
          description: 'A certificate in a project’s list.',
          fields: (f) => ({
            active: f.boolean({
              nullable: true,
              description: 'The project’s own flag; null when the vendor does not say.',
              resolve: ({ node }) => node.listedActive,
            }),
          }),
        },
      ),
    }),
  })
}
