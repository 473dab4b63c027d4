import type { Builder } from '../../schema/builder.ts'

/** The inputs of the mutations: all ids are the vendor's own. */
export function registerMutationInputs(builder: Builder) {
  const organizationId = {
    required: true,
    description: 'The vendor’s id of the organization, org_….',
  } as const
  const certificateId = { required: true, description: 'The vendor’s id of the certificate, cert_….' } as const
  const certificateIds = {
    required: true,
    description: '1 to 10 ids of certificates by the vendor, cert_…, none of them twice.',
  } as const
  const projectId = {
    description: 'The vendor’s id of a project, proj_…; for the whole organization when left out.',
  } as const
  const dryRun = {
    defaultValue: false,
    description: 'Check everything and say what would change, but change nothing.',
  } as const

  return {
    Upload: builder.inputType('UploadOpenAICertificateInput', {
      description: 'A certificate to upload.',
      fields: (t) => ({
        organizationId: t.id(organizationId),
        content: t.string({
          required: true,
          description: 'One CA certificate in PEM, shorter than 16 kB. A private key is refused and repeated nowhere.',
        }),
        name: t.string({ description: 'A name for people; none when left out.' }),
        dryRun: t.boolean(dryRun),
      }),
    }),
    Rename: builder.inputType('RenameOpenAICertificateInput', {
      description: 'A new name for a certificate.',
      fields: (t) => ({
        organizationId: t.id(organizationId),
        certificateId: t.id(certificateId),
        name: t.string({ required: true, description: 'The new name; not blank.' }),
        dryRun: t.boolean(dryRun),
      }),
    }),
    Delete: builder.inputType('DeleteOpenAICertificateInput', {
      description: 'A certificate to delete.',
      fields: (t) => ({
        organizationId: t.id(organizationId),
        certificateId: t.id(certificateId),
        dryRun: t.boolean(dryRun),
      }),
    }),
    Activate: builder.inputType('ActivateOpenAICertificatesInput', {
      description: 'Certificates to switch on.',
      fields: (t) => ({
        organizationId: t.id(organizationId),
        projectId: t.id(projectId),
        certificateIds: t.idList(certificateIds),
        dryRun: t.boolean(dryRun),
      }),
    }),
    Deactivate: builder.inputType('DeactivateOpenAICertificatesInput', {
      description: 'Certificates to switch off.',
      fields: (t) => ({
        organizationId: t.id(organizationId),
        projectId: t.id(projectId),
        certificateIds: t.idList(certificateIds),
        force: t.boolean({
          defaultValue: false,
          description: 'Also when none would be left active there, or when that cannot be known.',
        }),
        dryRun: t.boolean(dryRun),
      }),
    }),
  }
}
