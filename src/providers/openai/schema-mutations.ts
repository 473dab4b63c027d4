import type { Operation } from '../../operation.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createMutate, createRefuse } from './mutations/mutate.ts'
import { remove } from './mutations/remove.ts'
import { rename } from './mutations/rename.ts'
import { checkIds, type ToggleInput, toggle } from './mutations/toggle.ts'
import { upload } from './mutations/upload.ts'
import type { OpenAIOrganization } from './places.ts'
import { registerMutationInputs } from './schema-mutation-inputs.ts'
import { registerMutationResults, type Written } from './schema-mutation-results.ts'
import type { OpenAIRefs } from './schema-refs.ts'

/** What can be changed at OpenAI. */
export function registerMutations(
  { builder, guards, prices }: SchemaKit,
  refs: OpenAIRefs,
  organizations: readonly OpenAIOrganization[],
  upstream: UpstreamDependencies,
): void {
  const inputs = registerMutationInputs(builder)
  const results = registerMutationResults({ builder }, refs)
  const mutate = createMutate(organizations, upstream)
  const unauthorizedResolver = createRefuse(upstream)
  const toggleAll = async (
    mutation: string,
    active: boolean,
    input: ToggleInput & { organizationId: string },
    operation: Operation,
  ) => {
    const check = () => checkIds(input.certificateIds)
    const certificates = await mutate({ mutation, input, check }, operation, (organization, progress) =>
      toggle(organization, input, active, operation, progress),
    )
    return { certificates, dryRun: input.dryRun === true }
  }

  builder.mutationFields((t) => ({
    uploadOpenAICertificate: t.field({
      ...prices.found,
      type: results.Uploaded,
      nullable: true,
      errors: {},
      unauthorizedResolver,
      ...guards.write,
      description:
        'Uploads a CA certificate, at most 50 to an organization, and switches nothing on. The content is checked before any ' +
        'call: one X.509 certificate in PEM, a CA, shorter than 16 kB, that ends later than a day from now. One call, never ' +
        'repeated; when its answer is lost, the list is read to see whether it arrived.',
      args: { input: t.arg({ type: inputs.Upload, required: true, description: 'What to upload, and where to.' }) },
      resolve: async (_root, { input }, operation) => {
        const attempt = {
          mutation: 'uploadOpenAICertificate',
          input,
          foundIn: ({ certificateId }: Written) => ({ certificateId }),
        }
        const certificate = await mutate(attempt, operation, (organization, progress) =>
          upload(organization, input, operation, progress),
        )
        return { certificate, dryRun: input.dryRun === true }
      },
    }),
    renameOpenAICertificate: t.field({
      ...prices.found,
      type: results.Renamed,
      nullable: true,
      errors: {},
      unauthorizedResolver,
      ...guards.write,
      description:
        'Gives a certificate another name, which is all that can be changed of it. One call, never repeated; when its answer ' +
        'is lost, the list is read to see whether it arrived.',
      args: { input: t.arg({ type: inputs.Rename, required: true, description: 'Which one, and the name.' }) },
      resolve: async (_root, { input }, operation) => {
        const attempt = { mutation: 'renameOpenAICertificate', input }
        const certificate = await mutate(attempt, operation, (organization, progress) =>
          rename(organization, input, operation, progress),
        )
        return { certificate, dryRun: input.dryRun === true }
      },
    }),
    deleteOpenAICertificate: t.field({
      ...prices.found,
      type: results.Deleted,
      nullable: true,
      errors: {},
      unauthorizedResolver,
      ...guards.write,
      description:
        'Deletes a certificate. One that is active for its organization or a project is a conflict that names where; to know, ' +
        'the organization’s list and one list per project are read. One call, never repeated; when its answer is lost, the ' +
        'list is read to see whether it arrived.',
      args: { input: t.arg({ type: inputs.Delete, required: true, description: 'Which one.' }) },
      resolve: async (_root, { input }, operation) => {
        const attempt = { mutation: 'deleteOpenAICertificate', input }
        const removed = await mutate(attempt, operation, (organization, progress) =>
          remove(organization, input, operation, progress),
        )
        return { ...removed, dryRun: input.dryRun === true }
      },
    }),
    activateOpenAICertificates: t.field({
      ...prices.found,
      type: results.Activated,
      nullable: true,
      errors: {},
      unauthorizedResolver,
      ...guards.write,
      description:
        'Switches certificates on, all of them or none, for an organization or one of its projects. From then on callers ' +
        'there need a client certificate. One call, which may be repeated when it fails in passing.',
      args: { input: t.arg({ type: inputs.Activate, required: true, description: 'Which ones, and where.' }) },
      resolve: (_root, { input }, operation) => toggleAll('activateOpenAICertificates', true, input, operation),
    }),
    deactivateOpenAICertificates: t.field({
      ...prices.found,
      type: results.Deactivated,
      nullable: true,
      errors: {},
      unauthorizedResolver,
      ...guards.write,
      description:
        'Switches certificates off, all of them or none, for an organization or one of its projects. Refused when none would ' +
        'be left active there, or when that cannot be known, unless forced: to know, the list of that place is read, and for ' +
        'a project its organization’s. Two at once are looked at one after the other, unless two replicas make them. One ' +
        'call, which may be repeated when it fails in passing.',
      args: { input: t.arg({ type: inputs.Deactivate, required: true, description: 'Which ones, and where.' }) },
      resolve: (_root, { input }, operation) => toggleAll('deactivateOpenAICertificates', false, input, operation),
    }),
  }))
}
