import { isReadingFailure } from '../../upstream/error.ts'
import { CertificateNotFoundError, CertificateOutcomeUnknownError } from './error.ts'
import type { Attempt, Mutation } from './mutation.ts'
import type { WritableClient } from './send.ts'

interface WritableAccount {
  readonly client: WritableClient
}

/**
 * The change of an earlier request with the same idempotency key, if the vendor's lists show it. They are read whether the
 * earlier request has a record or not: a record can be lost. Returns null when the change has to be sent.
 * @throws CertificateOutcomeUnknownError or UpstreamError when the lists cannot be read: nothing is sent then
 */
export async function findEarlierChange<Account extends WritableAccount, Change, Result>(
  mutation: Mutation<never, Account, Change, Result>,
  attempt: Attempt<Account, Change>,
): Promise<Result | null> {
  switch (attempt.earlier) {
    case 'none':
      return null
    case 'recorded':
      return findRecorded(mutation, attempt)
    case 'unrecorded':
      return findUnrecorded(mutation, attempt)
  }
}

async function findRecorded<Account extends WritableAccount, Change, Result>(
  mutation: Mutation<never, Account, Change, Result>,
  attempt: Attempt<Account, Change>,
): Promise<Result | null> {
  // The process that sent it may have ended before it could record the change.
  await attempt.account.client.changes.record()
  try {
    return await mutation.verify(attempt)
  } catch (error) {
    if (!isReadingFailure(error)) throw error
    throw new CertificateOutcomeUnknownError(
      `it is not known whether an earlier request with this idempotency key made the change: ${attempt.report(error)}. ` +
        'Nothing was sent. Repeat it later.',
    )
  }
}

async function findUnrecorded<Account extends WritableAccount, Change, Result>(
  mutation: Mutation<never, Account, Change, Result>,
  attempt: Attempt<Account, Change>,
): Promise<Result | null> {
  try {
    const made = await mutation.verify(attempt)
    // Other replicas may have readings from before it.
    if (made) await attempt.account.client.changes.record()
    return made
  } catch (error) {
    // A new certificate may not be listed yet: the vendor decides, as without a key.
    if (error instanceof CertificateNotFoundError) return null
    throw error
  }
}
