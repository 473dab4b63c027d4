import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { OpenAICertificate } from './certificate.ts'
import type { Removed } from './mutations/remove.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** A certificate as a change leaves it. */
export type Written = ReadCertificate<OpenAICertificate>

interface Success {
  readonly dryRun: boolean
}

/** What mutations answer when all is well: a type for each, by the name of its field. */
export function registerMutationResults({ builder }: Pick<SchemaKit, 'builder'>, { Certificate }: OpenAIRefs) {
  const dryRun = 'Nothing was changed: this is what would have been.'

  const successWith = (name: string, certificate: string) =>
    builder.objectRef<Success & { readonly certificate: Written }>(name).implement({
      description: 'It was done, or would be.',
      fields: (t) => ({
        certificate: t.field({
          type: Certificate,
          description: certificate,
          resolve: (success) => success.certificate,
        }),
        dryRun: t.exposeBoolean('dryRun', { description: dryRun }),
      }),
    })
  const toggledSuccess = (name: string, done: string, wouldBe: string) =>
    builder.objectRef<Success & { readonly certificates: readonly Written[] }>(name).implement({
      description: 'It was done, or would be.',
      fields: (t) => ({
        certificates: t.field({
          type: [Certificate],
          description: `${done}, in the order they were asked for. In a dry run those that ${wouldBe}, as they are now.`,
          resolve: ({ certificates }) => certificates,
        }),
        dryRun: t.exposeBoolean('dryRun', { description: dryRun }),
      }),
    })
  const Deleted = builder.objectRef<Success & Removed>('DeleteOpenAICertificateSuccess').implement({
    description: 'It was done, or would be.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { description: 'Global id of the certificate.' }),
      certificateId: t.exposeID('certificateId', { description: 'The vendor’s id, cert_….' }),
      dryRun: t.exposeBoolean('dryRun', { description: dryRun }),
    }),
  })

  return {
    Uploaded: successWith(
      'UploadOpenAICertificateSuccess',
      'As it was uploaded: active nowhere. In a dry run as it would be; its ids lead nowhere, for the vendor gives them.',
    ),
    Renamed: successWith('RenameOpenAICertificateSuccess', 'With its new name. In a dry run as it is now.'),
    Deleted,
    Activated: toggledSuccess('ActivateOpenAICertificatesSuccess', 'Those that are active now', 'are not active yet'),
    Deactivated: toggledSuccess(
      'DeactivateOpenAICertificatesSuccess',
      'Those that are inactive now',
      'are still active',
    ),
  }
}
