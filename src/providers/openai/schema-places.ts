import type { SchemaKit } from '../../schema/kit.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** OpenAIOrganization and OpenAIProject. */
export function registerPlaces(kit: SchemaKit, { Organization, Project, Certificate }: OpenAIRefs): void {
  const { builder, CertificatePlace } = kit
  const { filter, orderBy, maxStaleness } = kit.listArguments
  const Node = builder.nodeInterfaceRef()

  Organization.implement({
    description:
      'An OpenAI organization. Certificates are uploaded to it, and activated for the organization or for single ' +
      'projects.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      organizationId: t.id({ constant: true, description: 'OpenAI’s id, org_….', resolve: ({ vendorId }) => vendorId }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The certificates of the organization. Null with an error if they cannot be read.',
          args: { filter: t.arg(filter), orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          ...kit.prices.placeList,
          resolve: (organization, args, operation) => kit.listCertificates(operation, organization, args),
        },
        { description: 'A page of the certificates of an organization.' },
        { description: 'A certificate of an organization.' },
      ),
      projects: t.connection(
        {
          ...kit.guards.read,
          type: Project,
          nullable: true,
          description:
            'The configured projects, or all projects of the organization that are not archived. Null with an ' +
            'error if they cannot be listed.',
          resolve: (organization, args, operation) => organization.connectBelow(operation, args),
        },
        { description: 'A page of the projects of an organization.' },
        { description: 'A project of an organization.' },
      ),
    }),
  })

  Project.implement({
    description: 'A project of an OpenAI organization. Certificates of the organization can be activated for it.',
    interfaces: [Node, CertificatePlace],
    fields: (t) => ({
      projectId: t.id({ constant: true, description: 'OpenAI’s id, proj_….', resolve: ({ vendorId }) => vendorId }),
      organization: t.field({
        type: Organization,
        constant: true,
        description: 'The organization.',
        resolve: ({ parent }) => parent,
      }),
      certificates: t.connection(
        {
          ...kit.guards.read,
          type: Certificate,
          nullable: true,
          description: 'The certificates in the list of the project. Null with an error if they cannot be read.',
          args: { filter: t.arg(filter), orderBy: t.arg(orderBy), maxStaleness: t.arg(maxStaleness) },
          ...kit.prices.placeList,
          resolve: (project, args, operation) => kit.listCertificates(operation, project, args),
        },
        { description: 'A page of the certificates of a project.' },
        {
          description: 'A certificate of a project.',
          fields: (f) => ({
            active: f.boolean({
              nullable: true,
              description: 'Whether it is activated for this project. Null if unknown.',
              resolve: ({ node }) => node.listedActive,
            }),
          }),
        },
      ),
    }),
  })
}
