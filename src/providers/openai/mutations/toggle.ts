import { InputError } from '../../../input-error.ts'
import { checkId } from '../../../upstream/url.ts'
import type { Attempt } from '../../mutation/mutation.ts'
import { toCertificateId } from '../certificate.ts'
import { flagIn } from '../flags.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import type { OpenAIMutation } from './account.ts'
import {
  type ChangedCertificate,
  createListReader,
  findCertificates,
  type ListReader,
  toChangedCertificate,
} from './certificates.ts'
import { checkCertificateIds } from './input.ts'
import { refuseLastActive, unknownLastActive } from './last-active.ts'

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
  /** The lists that decide about the change. They are read while no other deactivation is in progress. */
  readonly lists: ListReader
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

    check: ({ certificateIds, projectId, force }, operation) => ({
      certificateIds: checkCertificateIds(certificateIds),
      projectId: typeof projectId === 'string' ? checkId(projectId, 'input.projectId') : null,
      force: force === true,
      lists: createListReader(operation),
    }),

    // The last active certificates are only known while no other deactivation is in progress, forced ones included.
    lease: ({ account, change: { force } }) =>
      active
        ? null
        : { lease: account.client.guard, unavailable: force ? null : (reason) => unknownLastActive(account, reason) },

    async guard(attempt, late) {
      const { account, change } = attempt
      const { project, listing } = placesOf(attempt)
      if (listing !== account) await findCertificates(listing, change.certificateIds, change.lists)
      if (!active && !change.force)
        await refuseLastActive(attempt, { project, ids: change.certificateIds, read: change.lists, late })
      return change
    },

    takenAway: (attempt) =>
      active ? null : { place: placesOf(attempt).place.vendorId, ids: attempt.change.certificateIds },

    async preview(attempt) {
      const { change } = attempt
      const { place, listing } = placesOf(attempt)
      const certificates = await findCertificates(listing, change.certificateIds, change.lists)
      const { value } = await change.lists(place)
      return { certificates: certificates.filter(({ certificateId }) => flagIn(value, certificateId) !== active) }
    },

    async send({ account, change: { certificateIds, projectId } }, context) {
      const rows = await account.client.writer.toggleCertificates({ certificateIds, projectId, active }, context)
      const listedBy = projectId === null ? 'organization' : 'project'
      return { certificates: rows.map((row) => toChangedCertificate(row, account, listedBy, context.madeAt)) }
    },

    // A project may list a certificate only while it is active there.
    expected: (attempt) =>
      attempt.change.certificateIds.map((id) => ({
        historyKey: placesOf(attempt).place.historyKey,
        certificateId: toCertificateId(attempt.account, id),
        kinds: active ? ['ACTIVATED', 'APPEARED'] : ['DEACTIVATED', 'VANISHED'],
      })),

    async verify(attempt) {
      const { change, operation, earlier } = attempt
      const { place, listing } = placesOf(attempt)
      // Before anything is sent, the guard decides by the same lists.
      const read = earlier === 'unrecorded' ? change.lists : createListReader(operation)
      const { value } = await read(place)
      if (!change.certificateIds.every((id) => flagIn(value, id) === active)) return null
      return { certificates: await findCertificates(listing, change.certificateIds, read) }
    },
  }
}

interface TogglePlaces {
  readonly project: OpenAIProject | null
  /** Whose list has the flags. */
  readonly place: OpenAIOrganization | OpenAIProject
  /** Whose list has the certificates: a caller who cannot see the organization may only toggle what the project lists. */
  readonly listing: OpenAIOrganization | OpenAIProject
}

function placesOf({ account, change: { projectId }, operation }: Attempt<OpenAIOrganization, Toggle>): TogglePlaces {
  if (projectId === null) return { project: null, place: account, listing: account }
  const project = account.below.get(operation, projectId)
  if (!project) throw new InputError(`input.projectId: no project ${projectId} of ${account.vendorId} is configured`)
  return { project, place: project, listing: project.catalog(operation) }
}
