import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { sortRows } from '../../catalog/ordering.ts'
import type { Operation } from '../../operation.ts'
import { runInSlices } from '../../time-slice.ts'
import { isReadingFailure } from '../../upstream/error.ts'
import { placeOrdering } from '../connections.ts'
import type { OpenAICertificate } from './certificate.ts'
import { flagIn } from './flags.ts'
import type { OpenAIProject } from './places.ts'

export interface ActivationArguments extends ConnectionArguments {
  readonly active?: boolean | null | undefined
}

/** A page of the projects of a certificate's organization. Each edge has the certificate that its flag is about. */
export async function activationConnection(
  operation: Operation,
  certificate: OpenAICertificate,
  args: ActivationArguments,
) {
  const window = parseWindow(placeOrdering, args)
  const { timeSlice } = operation
  const projects = await sortRows<OpenAIProject>(
    await certificate.place.below.list(operation),
    placeOrdering,
    timeSlice,
  )
  const accepted = await acceptedProjects(operation, certificate, projects, args.active)
  const connection: Connection<OpenAIProject> = await toConnection<OpenAIProject, OpenAIProject>([accepted], {
    timeSlice,
    ordering: placeOrdering,
    window,
    toNode: (project) => project,
  })
  const edges = connection.edges.map((edge) => ({
    node: edge.node,
    certificate,
    get cursor() {
      return edge.cursor
    },
  }))
  return { ...connection, edges }
}

/** The project's own flag of a certificate: false when it is not listed, null when the list could not be read. */
export async function activeInProject(
  operation: Operation,
  project: OpenAIProject,
  { certificateId }: OpenAICertificate,
): Promise<boolean | null> {
  try {
    return flagIn((await project.read(operation)).value, certificateId)
  } catch (error) {
    if (isReadingFailure(error)) return null
    throw error
  }
}

/** Filters projects by their flag. A project whose flag is not known is kept for either value. */
async function acceptedProjects(
  operation: Operation,
  certificate: OpenAICertificate,
  projects: readonly OpenAIProject[],
  wanted: boolean | null | undefined,
): Promise<readonly OpenAIProject[]> {
  if (typeof wanted !== 'boolean') return projects
  const flags: (boolean | null)[] = []
  await runInSlices([...projects.entries()], operation.timeSlice, async ([index, project]) => {
    flags[index] = await activeInProject(operation, project, certificate)
  })
  return projects.filter((_, index) => flags[index] === null || flags[index] === wanted)
}
