import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { sortRows } from '../../catalog/ordering.ts'
import type { Operation } from '../../operation.ts'
import { isReadingFailure } from '../../upstream/error.ts'
import { placeOrdering } from '../connections.ts'
import type { OpenAICertificate } from './certificate.ts'
import { flagIn } from './flags.ts'
import type { OpenAIProject } from './places.ts'

export interface ActivationArguments extends ConnectionArguments {
  readonly active?: boolean | null | undefined
}

/** A page of the projects of a certificate's organization; each edge knows the certificate its flag is about. */
export async function activationConnection(
  operation: Operation,
  certificate: OpenAICertificate,
  args: ActivationArguments,
) {
  const window = parseWindow(placeOrdering, args)
  const projects = sortRows<OpenAIProject>(await certificate.place.projects.list(operation), placeOrdering)
  const accepted = await acceptedProjects(operation, certificate, projects, args.active)
  const connection: Connection<OpenAIProject> = toConnection<OpenAIProject, OpenAIProject>([accepted], {
    ordering: placeOrdering,
    window,
    toNode: (project) => project,
  })
  return { ...connection, edges: connection.edges.map((edge) => ({ ...edge, certificate })) }
}

/** A project's own flag for a certificate: null when its list could not be read, false when it is not in the list. */
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

/** A project whose flag is unknown stays in, whatever flag is wanted: it might be the one. */
async function acceptedProjects(
  operation: Operation,
  certificate: OpenAICertificate,
  projects: readonly OpenAIProject[],
  wanted: boolean | null | undefined,
): Promise<readonly OpenAIProject[]> {
  if (typeof wanted !== 'boolean') return projects
  const flags = await Promise.all(projects.map((project) => activeInProject(operation, project, certificate)))
  return projects.filter((_, index) => flags[index] === null || flags[index] === wanted)
}
