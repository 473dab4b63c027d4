import type { Kit } from '../../schema/kit.ts'
import { activationConnection, activeInProject } from './activation.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** OpenAICertificate. */
export function registerCertificate(kit: Kit, { Organization, Project, Certificate }: OpenAIRefs): void {
  const Node = kit.builder.nodeInterfaceRef()

  Certificate.implement({
    description: 'A CA certificate that an OpenAI organization trusts for the client certificates of its callers.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      organization: t.field({
        type: Organization,
        description: 'The organization it was uploaded to.',
        resolve: ({ scope }) => scope,
      }),
      certificateId: t.exposeID('certificateId', { description: 'The vendor’s id, cert_….' }),
      content: t.string({
        nullable: true,
        description:
          'PEM. One call to the vendor per certificate, made only when asked for; null with an error when it fails.',
        resolve: (certificate, _args, operation) => certificate.scope.content(operation, certificate),
      }),
      projects: t.connection(
        {
          type: Project,
          nullable: true,
          description:
            'The projects of its organization. The flag on the edge costs one list per project. Null with an error when ' +
            'the vendor does not list its projects.',
          args: {
            active: t.arg.boolean({
              description:
                'Only projects with this flag; those whose flag is unknown stay in. Costs one list per project.',
            }),
          },
          resolve: (certificate, args, operation) => activationConnection(operation, certificate, args),
        },
        { description: 'A page of the projects of a certificate’s organization.' },
        {
          description: 'A project, with its flag for the certificate.',
          fields: (f) => ({
            active: f.boolean({
              nullable: true,
              description:
                'The project’s own flag: whether the certificate is in force there. Null when the project’s list could not ' +
                'be read; false when it was read to the end without this certificate.',
              resolve: ({ node, certificate }, _args, operation) => activeInProject(operation, node, certificate),
            }),
          }),
        },
      ),
    }),
  })
}
