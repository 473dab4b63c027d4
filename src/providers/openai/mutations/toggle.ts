import { InputError } from '../../../input-error.ts'
import { checkId } from '../../../upstream/url.ts'
import type { Attempt } from '../../mutation.ts'
import { isVisible } from '../../visibility.ts'
import { flagIn } from '../flags.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import type { OpenAIMutation } from './account.ts'
import { type ChangedCertificate, findCertificates, readNow, toChangedCertificate } from './certificates.ts'
import { checkCertificateIds } from './input.ts'
import { refuseLastActive } from './last-active.ts'

interface ToggleInput {
  readonly certificateIds: readonly string[]
  readonly projectId?: string | null | undefined
  readonly force?: boolean | null | undefined
}

interface Toggle {
  readonly certificateIds: readonly string[]
  /** Null: for the whole organization. */
  readonly projectId: string | null
  /** Whether the last active certificates may be deactivated. */
  readonly force: boolean
}

interface Toggled {
  readonly certificates: readonly ChangedCertificate[]
}

export const activateCertificates = createToggle('activateOpenAICertificates', true)
export const deactivateCertificates = createToggle('deactivateOpenAICertificates', false)

/** Activates or deactivates certificates. A dry run returns those whose flag would change, as they are. */
function createToggle(name: string, active: boolean): OpenAIMutation<ToggleInput, Toggle, Toggled> {
  return {
    name,

    check: ({ certificateIds, projectId, force }) => ({
      certificateIds: checkCertificateIds(certificateIds),
      projectId: typeof projectId === 'string' ? checkId(projectId, 'input.projectId') : null,
      force: force === true,
    }),

    // The last active certificates are only known while no other deactivation is under way, forced ones included.
    lock: ({ client }) => (active ? null : client.deactivations),

    async guard(attempt) {
      const { account, order, operation } = attempt
      const { project, catalog } = placesOf(attempt)
      if (catalog !== account) await findCertificates(catalog, order.certificateIds, operation)
      if (!active && !order.force) await refuseLastActive(attempt, project, order.certificateIds)
      return order
    },

    async preview(attempt) {
      const { order, operation } = attempt
      const { place, catalog } = placesOf(attempt)
      const certificates = await findCertificates(catalog, order.certificateIds, operation)
      const { value } = await readNow(place, operation)
      return { certificates: certificates.filter(({ certificateId }) => flagIn(value, certificateId) !== active) }
    },

    async send({ account, order: { certificateIds, projectId } }, context) {
      const rows = await account.client.writer.toggleCertificates({ certificateIds, projectId, active }, context)
      const listedBy = projectId === null ? 'organization' : 'project'
      return { certificates: rows.map((row) => toChangedCertificate(row, account, listedBy, context.madeAt)) }
    },

    async verify(attempt) {
      const { order, operation } = attempt
      const { place, catalog } = placesOf(attempt)
      const { value } = await readNow(place, operation)
      if (!order.certificateIds.every((id) => flagIn(value, id) === active)) return null
      return { certificates: await findCertificates(catalog, order.certificateIds, operation) }
    },
  }
}

interface TogglePlaces {
  readonly project: OpenAIProject | null
  /** Whose list has the flags. */
  readonly place: OpenAIOrganization | OpenAIProject
  /** Whose list has the certificates: a caller who cannot see the organization may only toggle what the project lists. */
  readonly catalog: OpenAIOrganization | OpenAIProject
}

function placesOf({ account, order: { projectId }, operation }: Attempt<OpenAIOrganization, Toggle>): TogglePlaces {
  if (projectId === null) return { project: null, place: account, catalog: account }
  const project = account.project(projectId)
  if (!project || !isVisible(operation, project))
    throw new InputError(`input.projectId: no project ${projectId} of ${account.vendorId} is configured`)
  return { project, place: project, catalog: isVisible(operation, account) ? account : project }
}
