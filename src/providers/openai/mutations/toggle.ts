import type { ReadCertificate } from '../../../catalog/certificate.ts'
import { InputError } from '../../../input-error.ts'
import type { Operation } from '../../../operation.ts'
import { checkId } from '../../../upstream/url.ts'
import { makeChange, type Progress } from '../../change.ts'
import { isVisible } from '../../visibility.ts'
import type { OpenAICertificate } from '../certificate.ts'
import { flagIn } from '../flags.ts'
import type { OpenAIOrganization } from '../places.ts'
import { refuseLastActive } from './last-active.ts'
import { findCertificates, readNow } from './lists.ts'
import { toWritten } from './written.ts'

export interface ToggleInput {
  readonly certificateIds: readonly string[]
  readonly projectId?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
  readonly force?: boolean | null | undefined
}

const mostIds = 10

/** Switches certificates on or off, for the organization or for one of its projects. A dry run gives those it would switch. */
export async function toggle(
  organization: OpenAIOrganization,
  { certificateIds, projectId, dryRun, force }: ToggleInput,
  active: boolean,
  operation: Operation,
  progress: Progress,
): Promise<readonly ReadCertificate<OpenAICertificate>[]> {
  const ids = checkIds(certificateIds)
  const project = typeof projectId === 'string' ? findProject(operation, organization, projectId) : null
  const place = project ?? organization
  const { client } = organization
  const order = { certificateIds: ids, projectId: project?.vendorId ?? null, active }

  // Who does not see the organization switches what the project lists, and learns of nothing else.
  const holder = project && !isVisible(operation, organization) ? project : organization
  if (holder === project) await findCertificates(project, ids, operation)
  const guard = async () => {
    if (!active && !force) await refuseLastActive(organization, project, ids, operation)
  }
  if (dryRun) {
    await guard()
    const certificates = await findCertificates(holder, ids, operation)
    const { value } = await readNow(place, operation)
    return certificates.filter(({ certificateId }) => flagIn(value, certificateId) !== active)
  }

  const change = () =>
    makeChange(
      {
        client,
        async send(context) {
          const rows = await client.writer.toggleCertificates(order, context)
          const listedBy = project ? 'project' : 'organization'
          return rows.map((row) => toWritten(row, organization, listedBy, progress, operation))
        },
        async verify() {
          const { value } = await readNow(place, operation)
          return ids.every((id) => flagIn(value, id) === active) ? findCertificates(holder, ids, operation) : null
        },
      },
      operation,
      progress,
    )
  // What is left active is only known while nothing else is switched off, be it by force.
  return active
    ? change()
    : client.deactivations.run(async () => {
        await guard()
        return change()
      })
}

/** 1 to 10 ids, none of them twice. @throws InputError */
export function checkIds(ids: readonly string[]): readonly string[] {
  const what = 'input.certificateIds'
  if (ids.length === 0 || ids.length > mostIds)
    throw new InputError(`${what}: ${ids.length} ids; expected 1 to ${mostIds}`)
  const checked = ids.map((id) => checkId(id, what))
  const twice = checked.find((id, index) => checked.indexOf(id) !== index)
  if (twice !== undefined) throw new InputError(`${what}: ${twice} twice; expected each id once`)
  return checked
}

function findProject(operation: Operation, organization: OpenAIOrganization, id: string) {
  const wanted = checkId(id, 'input.projectId')
  const project = organization.project(wanted)
  if (!project || !isVisible(operation, project))
    throw new InputError(`input.projectId: no project ${wanted} of ${organization.vendorId} is configured`)
  return project
}
