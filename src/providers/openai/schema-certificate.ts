import type { SchemaKit } from '../../schema/kit.ts'
import { activationConnection, activeInProject } from './activation.ts'
import { countActiveProjects, lastActivePlaces } from './active-places.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** OpenAICertificate. */
export function registerCertificate(kit: SchemaKit, { Organization, Project, Certificate }: OpenAIRefs): void {
  const Node = kit.builder.nodeInterfaceRef()

  Certificate.implement({
    description:
      'A CA certificate with which an OpenAI organization verifies the client certificates of its callers. X.509 ' +
      'fields are read from the PEM, with one call for all of them, and are null with an error when it fails.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      organization: t.field({
        type: Organization,
        constant: true,
        description: 'The organization.',
        resolve: ({ place }) => place,
      }),
      certificateId: t.exposeID('certificateId', { description: 'OpenAI’s id, cert_….' }),
      isCA: t.boolean({
        ...kit.prices.certificate,
        nullable: true,
        description: 'Whether it is a CA certificate, by its basic constraints. Read from the PEM.',
        resolve: async (certificate, _args, operation) => (await certificate.place.x509(operation, certificate)).isCA,
      }),
      inheritedByAllProjects: t.boolean({
        nullable: true,
        description:
          'Whether it is active in every project because it is activated for the organization: the same as ' +
          '`active`.',
        resolve: (certificate, _args, operation) => certificate.place.active(operation, certificate),
      }),
      activeProjectCount: t.int({
        ...kit.guards.read,
        ...kit.prices.sharedLists('flags'),
        nullable: true,
        description:
          'The number of projects for which it is activated, without those that only inherit it from the ' +
          'organization. Costs the list of projects and one list per project, read once for all certificates. Null ' +
          'with an error when one of them cannot be read completely.',
        resolve: (certificate, _args, operation) => countActiveProjects(operation, certificate),
      }),
      lastActiveIn: t.field({
        ...kit.guards.read,
        ...kit.prices.foundFew,
        type: [kit.CertificatePlace],
        nullable: true,
        description:
          'The places in which it is the only active certificate: its organization, and projects together with ' +
          'what they inherit. Costs the list of the organization, the list of projects and one list per project, ' +
          'read once for all certificates. Null with an error when one of them cannot be read or refreshed, or has unreadable rows that could change the answer.',
        resolve: (certificate, _args, operation) => lastActivePlaces(operation, certificate),
      }),
      projects: t.connection(
        {
          ...kit.guards.read,
          type: Project,
          nullable: true,
          description:
            'The projects of the organization. `active` on the edges costs one list per project. Null with an ' +
            'error if the projects cannot be listed.',
          args: {
            active: t.arg.boolean({
              description:
                'Only projects with this flag. Projects with an unknown flag are always returned. Costs one list ' +
                'per project.',
            }),
          },
          ...kit.prices.pageWithCalls,
          resolve: (certificate, args, operation) => activationConnection(operation, certificate, args),
        },
        { description: 'A page of the projects of an organization, for one of its certificates.' },
        {
          description: 'A project, with its flag for the certificate.',
          fields: (f) => ({
            active: f.boolean({
              nullable: true,
              description:
                'Whether the certificate is activated for this project. Null if the list of the project cannot be ' +
                'read; false if the complete list does not have the certificate.',
              resolve: ({ node, certificate }, _args, operation) => activeInProject(operation, node, certificate),
            }),
          }),
        },
      ),
    }),
  })
  kit.describeFields(Certificate, {
    place: 'The organization.',
    active: 'Whether it is active for the organization.',
    validFrom: 'Start of the validity, from the list. Null when the list does not contain it.',
  })
}
