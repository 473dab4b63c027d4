import { UpstreamError } from '../../../upstream/error.ts'
import type { Operation } from '../../../upstream/operation.ts'
import type { Upstream } from '../../../upstream/upstream.ts'
import { type Attempt, audited } from '../../audit.ts'
import type { Progress } from '../../change.ts'
import { CertificateForbiddenError } from '../../mutation-error.ts'
import { findOrganization } from '../find-organization.ts'
import type { OpenAIOrganization } from '../places.ts'

interface OpenAIAttempt<Result> extends Omit<Attempt<Result>, 'dryRun'> {
  readonly input: { readonly organizationId: string; readonly dryRun?: boolean | null | undefined }
}

type Work<Result> = (organization: OpenAIOrganization, progress: Progress) => Promise<Result>

/** Makes attempts to change an organization, where anything may be changed at all. */
export function createMutate(organizations: readonly OpenAIOrganization[], { writes, log }: Upstream) {
  return <Result>(
    { input, ...attempt }: OpenAIAttempt<Result>,
    operation: Operation,
    work: Work<Result>,
  ): Promise<Result> =>
    audited({ ...attempt, dryRun: input.dryRun === true }, operation, log, async (progress) => {
      if (!writes) {
        const told = 'nothing may be changed; `writes: enabled` in the configuration allows it'
        throw new CertificateForbiddenError(told, 'FORBIDDEN')
      }
      const organization = findOrganization(organizations, input.organizationId, 'input.organizationId')
      return work(organization, progress).catch((error: unknown) => {
        throw lacksScope(error) ? new CertificateForbiddenError(error.message, 'UPSTREAM_FORBIDDEN') : error
      })
    })
}

/** A key without the scope for writing is refused with 403, or with 401 like one that is not known: the words tell. */
function lacksScope(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_UNAUTHENTICATED') return false
  return /\bscopes?\b|permission/i.test(error.message)
}
