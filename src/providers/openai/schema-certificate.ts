import type { SchemaKit } from '../../schema/kit.ts'
import { activationConnection, activeInProject } from './activation.ts'
import { countActiveProjects, lastActivePlaces } from './active-places.ts'
import type { OpenAIPlaces } from './places.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** OpenAICertificate. */
export function registerCertificate(
  kit: SchemaKit,
  { Organization, Project, Certificate }: OpenAIRefs,
  places: OpenAIPlaces,
): void {
  const Node = kit.builder.nodeInterfaceRef()

  Certificate.implement({
    description:
      'A CA certificate that an OpenAI organization trusts for the client certificates of its callers. X.509 fields are read ' +
      'from the PEM, with one call for all of them, and are null with an error when it fails.',
    interfaces: [Node, kit.Certificate],
    fields: (t) => ({
      organization: t.field({
        type: Organization,
        description: 'The organization it was uploaded to.',
        resolve: ({ place }) => place,
      }),
      certificateId: t.exposeID('certificateId', { description: 'The vendor’s id, cert_….' }),
      content: t.string({
        ...kit.guards.content,
        ...kit.prices.certificate,
        nullable: true,
        description:
          'PEM. One call to the vendor per certificate, made only when asked for; null with an error when it fails.',
        resolve: (certificate, _args, operation) => places.content(operation, certificate),
      }),
      isCA: t.boolean({
        ...kit.prices.certificate,
        nullable: true,
        description:
          'Whether it may issue others, by its basic constraints. From its PEM: one call to the vendor per certificate not ' +
          'yet parsed; null with an error when that fails.',
        resolve: async (certificate, _args, operation) => (await certificate.place.x509(operation, certificate)).isCA,
      }),
      keySize: t.int({
        ...kit.prices.certificate,
        nullable: true,
        description:
          'Bits of its public key, of the modulus or the curve; null for a kind of key that is not known. From its PEM, ' +
          'with the call and the error of `isCA`.',
        resolve: async (certificate, _args, operation) =>
          (await certificate.place.x509(operation, certificate)).keySize,
      }),
      inheritedByAllProjects: t.boolean({
        nullable: true,
        description:
          'Whether every project of the organization has it in force without a flag of its own: the organization’s flag, as ' +
          '`active`.',
        resolve: (certificate, _args, operation) => certificate.place.active(operation, certificate),
      }),
      activeProjectCount: t.int({
        ...kit.guards.read,
        ...kit.prices.sharedCall('flags'),
        nullable: true,
        description:
          'How many projects have it in force by their own flag, what they inherit left aside. Costs the list of projects ' +
          'and one list per project, read once for all certificates. Null with an error when one of them could not be read, ' +
          'or has a flag or a row that could not.',
        resolve: (certificate, _args, operation) => countActiveProjects(operation, certificate),
      }),
      lastActiveIn: t.field({
        ...kit.guards.read,
        ...kit.prices.foundFew,
        type: [kit.CertificatePlace],
        nullable: true,
        description:
          'The places where it is the only certificate in force, so that without it there would be none: its organization, ' +
          'by the organization’s flags; projects, by those together with their own. Costs the lists of the organization’s ' +
          'certificates and projects and one list per project, read once for all certificates. Null with an error when one ' +
          'of them could not be read or renewed, or has a flag or a row that could not be read and might be another one.',
        resolve: (certificate, _args, operation) => lastActivePlaces(operation, certificate),
      }),
      projects: t.connection(
        {
          ...kit.guards.read,
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
          complexity: kit.prices.pageWithCalls,
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
  kit.describeFields(Certificate, {
    scope: 'The organization.',
    active: 'The organization’s flag.',
    validFrom: 'Start of the validity, from the list. Null when the list does not contain it.',
    weaknesses: 'The weaknesses found in the PEM. Costs one call per certificate that is not parsed yet.',
  })
}
