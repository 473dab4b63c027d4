import type { SchemaKit } from '../../schema/kit.ts'
import type { ChangedCertificate } from './mutations/certificates.ts'
import type { DeletedCertificate } from './mutations/delete.ts'
import type { OpenAIRefs } from './schema-refs.ts'

interface Success {
  readonly dryRun: boolean
}

/** The success types of the mutations. */
export function registerMutationResults({ builder }: Pick<SchemaKit, 'builder'>, { Certificate }: OpenAIRefs) {
  const description = 'The change was made, or would be made.'
  const dryRun = { description: 'Whether this was a dry run: nothing was changed.' }

  const withCertificate = (name: string, certificate: string) =>
    builder.objectRef<Success & { readonly certificate: ChangedCertificate }>(name).implement({
      description,
      fields: (t) => ({
        certificate: t.field({
          type: Certificate,
          description: certificate,
          resolve: (success) => success.certificate,
        }),
        dryRun: t.exposeBoolean('dryRun', dryRun),
      }),
    })
  const withCertificates = (name: string, certificates: string) =>
    builder.objectRef<Success & { readonly certificates: readonly ChangedCertificate[] }>(name).implement({
      description,
      fields: (t) => ({
        certificates: t.field({
          type: [Certificate],
          description: certificates,
          resolve: (success) => success.certificates,
        }),
        dryRun: t.exposeBoolean('dryRun', dryRun),
      }),
    })
  const Deleted = builder.objectRef<Success & DeletedCertificate>('DeleteOpenAICertificateSuccess').implement({
    description,
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { description: 'The global id of the certificate.' }),
      certificateId: t.exposeID('certificateId', { description: 'OpenAI’s id of the certificate, cert_….' }),
      dryRun: t.exposeBoolean('dryRun', dryRun),
    }),
  })

  return {
    Uploaded: withCertificate(
      'UploadOpenAICertificateSuccess',
      'The uploaded certificate, which is not active anywhere. In a dry run, the certificate as it would be; OpenAI assigns ' +
        'ids on upload, so its ids cannot be looked up.',
    ),
    Renamed: withCertificate(
      'RenameOpenAICertificateSuccess',
      'The certificate with its new name. In a dry run, with its present name.',
    ),
    Deleted,
    Activated: withCertificates(
      'ActivateOpenAICertificatesSuccess',
      'The activated certificates, in the order of `certificateIds`. In a dry run, the certificates that would change.',
    ),
    Deactivated: withCertificates(
      'DeactivateOpenAICertificatesSuccess',
      'The deactivated certificates, in the order of `certificateIds`. In a dry run, the certificates that would change.',
    ),
  }
}
