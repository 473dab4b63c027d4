import { sortRows } from '../../catalog/ordering.ts'
import type { Operation } from '../../operation.ts'
import { runInSlices } from '../../time-slice.ts'
import { isUnrefreshed } from '../../upstream/cache/unrefreshed.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { placeOrdering } from '../connections.ts'
import { readFresh } from '../source.ts'
import type { OpenAICertificate } from './certificate.ts'
import { areLastActive, type FlagList, flagIn } from './flags.ts'
import type { OpenAIOrganization, OpenAIProject } from './places.ts'

type Place = OpenAIOrganization | OpenAIProject

/**
 * Counts the projects in which a certificate is active by the project's own flag.
 * @throws UpstreamError when a list could not be read, or does not have the flag
 */
export async function countActiveProjects(
  operation: Operation,
  { place: organization, certificateId }: OpenAICertificate,
): Promise<number> {
  const lists = await readProjects(operation, organization)
  const flags = lists.map(([project, list]) => {
    return flagIn(list, certificateId) ?? failUnknown(project, `${certificateId} is active in ${project.vendorId}`)
  })
  return flags.filter(Boolean).length
}

/**
 * Finds the places where a certificate is the only active one. In a project, the certificates that are active for the
 * organization are active too.
 * @throws UpstreamError when a list could not be read, or does not have a flag that decides
 */
export async function lastActivePlaces(
  operation: Operation,
  { place: organization, certificateId }: OpenAICertificate,
): Promise<readonly Place[]> {
  const [{ value: inherited }, projects] = await Promise.all([
    readFresh(organization, operation),
    readProjects(operation, organization),
  ])
  const isLast = (place: Place, lists: readonly FlagList[]) =>
    areLastActive([certificateId], lists) ??
    failUnknown(place, `${certificateId} is the only active certificate of ${place.vendorId}`)
  return [
    ...(isLast(organization, [inherited]) ? [organization] : []),
    ...projects.filter(([project, own]) => isLast(project, [own, inherited])).map(([project]) => project),
  ]
}

/** Reads the list of every project. It fails if a project may be missing: that project could decide the answer. */
async function readProjects(operation: Operation, organization: OpenAIOrganization) {
  const last = await organization.below.find(operation)
  const isOld = last.sources.some(({ error }) => isUnrefreshed(error))
  const { items, sources } = isOld ? await organization.below.find(operation, 0) : last
  for (const { error, unreadableRows } of sources) {
    if (error) throw error
    if (unreadableRows > 0) failUnknown(organization, `all projects of ${organization.vendorId} are listed`)
  }
  const projects = await sortRows<OpenAIProject>(items, placeOrdering, operation.timeSlice)
  const lists: (readonly [OpenAIProject, FlagList])[] = []
  await runInSlices([...projects.entries()], operation.timeSlice, async ([index, project]) => {
    lists[index] = [project, (await readFresh(project, operation)).value]
  })
  return lists
}

function failUnknown(place: Place, what: string): never {
  const problem = `it is not known whether ${what}: OpenAI’s list has a flag or a row that could not be read`
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(place)
}
