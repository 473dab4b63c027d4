import type { Operation } from '../../../operation.ts'
import type { UpstreamDependencies } from '../../../upstream/dependencies.ts'
import { UpstreamError } from '../../../upstream/error.ts'
import { type Attempt, audited } from '../../audit.ts'
import type { Progress } from '../../change.ts'
import { CertificateForbiddenError } from '../../mutation-error.ts'
import { isVisible, visibleOf, withoutVendorMessage } from '../../visibility.ts'
import { findOrganization } from '../find-organization.ts'
import { findProject } from '../find-project.ts'
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
  /** Looks at the input alone, before anything is read. @throws InputError */
  readonly check?: () => void
}

type Work<Result> = (organization: OpenAIOrganization, progress: Progress) => Promise<Result>

/** Makes attempts to change an organization, where anything may be changed at all. */
export function createMutate(organizations: readonly OpenAIOrganization[], upstream: UpstreamDependencies) {
  return <Result>(
    { input, check, ...attempt }: OpenAIAttempt<Result>,
    operation: Operation,
    work: Work<Result>,
  ): Promise<Result> =>
    audited({ ...attempt, ...aboutOf(input) }, operation, upstream, async (progress) => {
      if (!upstream.writes) {
        const told = 'nothing may be changed; `writes: enabled` in the configuration allows it'
        throw new CertificateForbiddenError(told, 'FORBIDDEN')
      }
      check?.()
      const open = await openTo(operation, organizations, input)
      const organization = findOrganization(open, input.organizationId, 'input.organizationId')
      return work(organization, progress).catch((error: unknown) => {
        const told = lacksScope(error) ? forbidden(error) : error
        throw told instanceof UpstreamError ? withoutVendorMessage(operation, told) : told
      })
    })
}

/** Makes an attempt that the caller has no right to: one line in the audit log like any other. */
export function createRefuse(upstream: UpstreamDependencies) {
  return (
    _root: unknown,
    { input }: { readonly input: ChangeInput },
    operation: Operation,
    { fieldName }: { readonly fieldName: string },
    error: Error,
  ): Promise<never> =>
    audited({ mutation: fieldName, ...aboutOf(input) }, operation, upstream, () => Promise.reject(error))
}

/** The organizations that the caller may change: those they see, and for a change in a project they see, the one it is in. */
async function openTo(
  operation: Operation,
  organizations: readonly OpenAIOrganization[],
  { organizationId, projectId }: ChangeInput,
): Promise<readonly OpenAIOrganization[]> {
  const seen = visibleOf(operation, organizations)
  if (typeof projectId !== 'string' || !isVisible(operation, { vendorId: projectId })) return seen
  const unseen = organizations.filter(
    (organization) => organization.vendorId === organizationId && !seen.includes(organization),
  )
  const project = await findProject(unseen, projectId, operation)
  return project ? [...seen, project.organization] : seen
}

function aboutOf({ organizationId, projectId, certificateId, certificateIds, dryRun }: ChangeInput) {
  return { dryRun: dryRun === true, subject: { organizationId, projectId, certificateId, certificateIds } }
}

/** As the same refusal with 403 is told. */
function forbidden({ message, details, cause }: UpstreamError): UpstreamError {
  return new UpstreamError('UPSTREAM_FORBIDDEN', message, details, cause)
}

/** A key without the scope for writing is refused with 403, or with 401 like one that is not known: the words tell. */
function lacksScope(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_UNAUTHENTICATED') return false
  return /\bscopes?\b|permission/i.test(error.message)
}
