import { UpstreamError } from '../../../upstream/error.ts'
import type { Operation } from '../../../upstream/operation.ts'
import type { Upstream } from '../../../upstream/upstream.ts'
import { type Attempt, audited } from '../../audit.ts'
import type { Progress } from '../../change.ts'
import { CertificateForbiddenError } from '../../mutation-error.ts'
import { seenOf } from '../../sight.ts'
import { findOrganization } from '../find-organization.ts'
import type { OpenAIOrganization } from '../places.ts'

interface ChangeInput {
  readonly organizationId: string
  readonly projectId?: string | null | undefined
  readonly certificateId?: string
  readonly certificateIds?: readonly string[]
  readonly dryRun?: boolean | null | undefined
}

interface OpenAIAttempt<Result> extends Pick<Attempt<Result>, 'mutation' | 'foundIn'> {
  readonly input: ChangeInput
}

type Work<Result> = (organization: OpenAIOrganization, progress: Progress) => Promise<Result>

/** Makes attempts to change an organization, where anything may be changed at all. */
export function createMutate(organizations: readonly OpenAIOrganization[], { writes, log }: Upstream) {
  return <Result>(
    { input, ...attempt }: OpenAIAttempt<Result>,
    operation: Operation,
    work: Work<Result>,
  ): Promise<Result> =>
    audited({ ...attempt, ...aboutOf(input) }, operation, log, async (progress) => {
      if (!writes) {
        const told = 'nothing may be changed; `writes: enabled` in the configuration allows it'
        throw new CertificateForbiddenError(told, 'FORBIDDEN')
      }
      const open = await openTo(operation, organizations, input.projectId)
      const organization = findOrganization(open, input.organizationId, 'input.organizationId')
      return work(organization, progress).catch((error: unknown) => {
        throw lacksScope(error) ? new CertificateForbiddenError(error.message, 'UPSTREAM_FORBIDDEN') : error
      })
    })
}

/** Makes an attempt that the caller has no right to: one line in the audit log like any other. */
export function createRefuse({ log }: Upstream) {
  return (
    _root: unknown,
    { input }: { readonly input: ChangeInput },
    operation: Operation,
    { fieldName }: { readonly fieldName: string },
    error: Error,
  ): Promise<never> => audited({ mutation: fieldName, ...aboutOf(input) }, operation, log, () => Promise.reject(error))
}

/** The organizations that the caller may change: those they see, and for a change in a project they see, the one it is in. */
async function openTo(
  operation: Operation,
  organizations: readonly OpenAIOrganization[],
  projectId: string | null | undefined,
): Promise<readonly OpenAIOrganization[]> {
  const seen = seenOf(operation, organizations)
  if (seen.length === organizations.length || typeof projectId !== 'string') return seen
  const unseen = organizations.filter((organization) => !seen.includes(organization))
  const isIn = await Promise.all(
    unseen.map(async ({ projects }) =>
      (await projects.find(operation)).items.some(({ vendorId }) => vendorId === projectId),
    ),
  )
  return [...seen, ...unseen.filter((_, index) => isIn[index])]
}

function aboutOf({ organizationId, projectId, certificateId, certificateIds, dryRun }: ChangeInput) {
  return { dryRun: dryRun === true, subject: { organizationId, projectId, certificateId, certificateIds } }
}

/** A key without the scope for writing is refused with 403, or with 401 like one that is not known: the words tell. */
function lacksScope(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_UNAUTHENTICATED') return false
  return /\bscopes?\b|permission/i.test(error.message)
}
