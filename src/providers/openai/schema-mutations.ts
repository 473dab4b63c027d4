import type { SchemaKit } from '../../schema/kit.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createMutationRunner } from '../mutation/runner.ts'
import { createMutationTarget } from './mutations/account.ts'
import { deleteCertificate } from './mutations/delete.ts'
import { renameCertificate } from './mutations/rename.ts'
import { activateCertificates, deactivateCertificates } from './mutations/toggle.ts'
import { uploadCertificate } from './mutations/upload.ts'
import type { OpenAIPlaces } from './places.ts'
import { registerMutationResults } from './schema-mutation-results.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** Adds the mutations of OpenAI's certificates. */
export function registerMutations(
  { builder, guards, prices, mutationInput }: SchemaKit,
  refs: OpenAIRefs,
  places: OpenAIPlaces,
  upstream: UpstreamDependencies,
): void {
  const inputs = registerInputs(mutationInput)
  const results = registerMutationResults({ builder }, refs)
  const { run, refuse } = createMutationRunner(createMutationTarget(places), upstream)
  const options = {
    ...prices.found,
    nullable: true,
    errors: {},
    unauthorizedResolver: refuse,
    ...guards.write,
  } as const

  builder.mutationFields((t) => ({
    uploadOpenAICertificate: t.field({
      ...options,
      type: results.Uploaded,
      description:
        'Uploads a CA certificate, which is not active until it is activated. An organization can have 50. The content is ' +
        'checked before the call: one X.509 CA certificate in PEM, shorter than 16 kB, that expires more than one day from ' +
        'now. Makes one call and never retries it. If the response is lost, the organization’s list shows whether the upload ' +
        'succeeded.',
      args: {
        input: t.arg({ type: inputs.Upload, required: true, description: 'The certificate and its organization.' }),
      },
      resolve: (_root, { input }, operation) => run(uploadCertificate, input, operation),
    }),
    renameOpenAICertificate: t.field({
      ...options,
      type: results.Renamed,
      description:
        'Renames a certificate; nothing else about it can be changed. Makes one call and never retries it. If the response ' +
        'is lost, the organization’s list shows whether the name was changed.',
      args: { input: t.arg({ type: inputs.Rename, required: true, description: 'The certificate and its new name.' }) },
      resolve: (_root, { input }, operation) => run(renameCertificate, input, operation),
    }),
    deleteOpenAICertificate: t.field({
      ...options,
      type: results.Deleted,
      description:
        'Deletes a certificate. If it is active for its organization or any project, the result is a conflict that names ' +
        'them; this check reads the organization’s list and the list of every project. Makes one call and never retries it. ' +
        'If the response is lost, the organization’s list shows whether the certificate was deleted.',
      args: { input: t.arg({ type: inputs.Delete, required: true, description: 'The certificate.' }) },
      resolve: (_root, { input }, operation) => run(deleteCertificate, input, operation),
    }),
    activateOpenAICertificates: t.field({
      ...options,
      type: results.Activated,
      description:
        'Activates certificates for an organization or one of its projects: all of them or none. Clients of that ' +
        'organization or project then need a client certificate. Makes one call, which is retried after a temporary failure.',
      args: { input: t.arg({ type: inputs.Activate, required: true, description: 'The certificates and the place.' }) },
      resolve: (_root, { input }, operation) => run(activateCertificates, input, operation),
    }),
    deactivateOpenAICertificates: t.field({
      ...options,
      type: results.Deactivated,
      description:
        'Deactivates certificates for an organization or one of its projects: all of them or none. Without `force`, it is ' +
        'refused if no active certificate would be left there, or if that is not known; this check reads the list of the ' +
        'place and, for a project, that of its organization. Deactivations in one organization run one after the other ' +
        'within a replica, but not across replicas. Makes one call, which is retried after a temporary failure.',
      args: {
        input: t.arg({ type: inputs.Deactivate, required: true, description: 'The certificates and the place.' }),
      },
      resolve: (_root, { input }, operation) => run(deactivateCertificates, input, operation),
    }),
  }))
}

function registerInputs(mutationInput: SchemaKit['mutationInput']) {
  const organizationId = { required: true, description: 'OpenAI’s id of the organization, org_….' } as const
  const certificateId = { required: true, description: 'OpenAI’s id of the certificate, cert_….' } as const
  const certificateIds = {
    required: true,
    description: 'OpenAI’s ids of 1 to 10 different certificates, cert_….',
  } as const
  const projectId = {
    description: 'OpenAI’s id of the project, proj_…. Without it, the change is for the whole organization.',
  } as const

  return {
    Upload: mutationInput('UploadOpenAICertificateInput', 'A certificate to upload.', (t) => ({
      organizationId: t.id(organizationId),
      content: t.string({
        required: true,
        description:
          'One CA certificate in PEM, shorter than 16 kB. A private key is refused and is neither sent, logged nor returned.',
      }),
      name: t.string({ description: 'The name of the certificate.' }),
    })),
    Rename: mutationInput('RenameOpenAICertificateInput', 'A new name for a certificate.', (t) => ({
      organizationId: t.id(organizationId),
      certificateId: t.id(certificateId),
      name: t.string({ required: true, description: 'The new name. It must not be blank.' }),
    })),
    Delete: mutationInput('DeleteOpenAICertificateInput', 'A certificate to delete.', (t) => ({
      organizationId: t.id(organizationId),
      certificateId: t.id(certificateId),
    })),
    Activate: mutationInput('ActivateOpenAICertificatesInput', 'Certificates to activate.', (t) => ({
      organizationId: t.id(organizationId),
      projectId: t.id(projectId),
      certificateIds: t.idList(certificateIds),
    })),
    Deactivate: mutationInput('DeactivateOpenAICertificatesInput', 'Certificates to deactivate.', (t) => ({
      organizationId: t.id(organizationId),
      projectId: t.id(projectId),
      certificateIds: t.idList(certificateIds),
      force: t.boolean({
        defaultValue: false,
        description: 'Deactivates even the last active certificates, and also when it is not known whether they are.',
      }),
    })),
  }
}
