import type { Operation } from '../../../operation.ts'
import { isReadingFailure } from '../../../upstream/error.ts'
import { checkId } from '../../../upstream/url.ts'
import { placeText } from '../../incomplete.ts'
import { CertificateConflictError, CertificateNotFoundError } from '../../mutation/error.ts'
import { toCertificateId } from '../certificate.ts'
import { flagIn } from '../flags.ts'
import type { OpenAIOrganization } from '../places.ts'
import type { OpenAIMutation } from './account.ts'
import { createListReader, findCertificate, type ListReader } from './certificates.ts'

/** Its caller is noted in all projects, also in those that the caller may not see. */
const everyone = { caller: { places: null } }

interface DeleteInput {
  readonly certificateId: string
}

interface Deletion {
  readonly id: string
  /** Whether the organization's list had the certificate before the deletion was sent. */
  readonly wasListed: boolean
  /** The lists that decide about the deletion. */
  readonly lists: ListReader
}

export interface DeletedCertificate {
  /** Global id. */
  readonly deletedId: string
  readonly certificateId: string
}

/** Deletes a certificate. It refuses one that is active anywhere, and names the places. */
export const deleteCertificate: OpenAIMutation<DeleteInput, Deletion, DeletedCertificate> = {
  name: 'deleteOpenAICertificate',

  check: ({ certificateId }, operation) => ({
    id: checkId(certificateId, 'input.certificateId'),
    wasListed: false,
    lists: createListReader(operation),
  }),

  // OpenAI itself deletes no active certificate, also while no lease can be acquired.
  lease: ({ account }) => ({ lease: account.client.guard, unavailable: null }),

  async guard({ account, change, operation, dryRun, earlier }) {
    const { id, lists: read } = change
    let wasListed = false
    try {
      await findCertificate(account, id, read)
      wasListed = true
      await refuseActive(account, id, operation, read)
    } catch (error) {
      // OpenAI itself deletes no active certificate: if a list cannot be read, the deletion is sent and OpenAI decides.
      if (dryRun || !isReadingFailure(error)) throw earlier === 'unrecorded' ? mayBeDeleted(error) : error
    }
    return { ...change, wasListed }
  },

  preview: async ({ account, change }) => toDeleted(account, change.id),

  async send({ account, change }, context) {
    await account.client.writer.deleteCertificate(change.id, context)
    return toDeleted(account, change.id)
  },

  // The projects that list it do not list it any more either.
  expected: ({ account, change: { id } }) =>
    [account, ...(account.below.lastPlaces(everyone) ?? [])].map(({ historyKey }) => ({
      historyKey,
      certificateId: toCertificateId(account, id),
      kinds: ['VANISHED'],
    })),

  async verify({ account, change: { id, wasListed, lists }, operation, earlier }) {
    // Before anything is sent, the guard decides by the same lists.
    const read = earlier === 'unrecorded' ? lists : createListReader(operation)
    const { value } = await read(account)
    // Before the earlier request was sent, the certificate was listed, or OpenAI had to decide.
    const wasThere = wasListed || earlier === 'recorded'
    const isGone = wasThere && value.unreadableRows === 0 && value.rows.every((row) => row.certificateId !== id)
    return isGone ? toDeleted(account, id) : null
  },
}

/** Without a record, a certificate that was deleted cannot be told from one that never existed. */
function mayBeDeleted(error: unknown): unknown {
  if (!(error instanceof CertificateNotFoundError)) return error
  return new CertificateNotFoundError(
    `${error.message}; an earlier request with this idempotency key may have deleted it, but no record of one is known`,
  )
}

function toDeleted(organization: OpenAIOrganization, id: string): DeletedCertificate {
  return { deletedId: toCertificateId(organization, id), certificateId: id }
}

async function refuseActive(
  organization: OpenAIOrganization,
  id: string,
  operation: Operation,
  read: ListReader,
): Promise<void> {
  const places = [organization, ...(await organization.below.list(operation))]
  const flags = await Promise.all(places.map(async (place) => flagIn((await read(place)).value, id)))
  const activeIn = places.filter((_, index) => flags[index] === true)
  if (activeIn.length === 0) return
  const names = activeIn.map(placeText)
  throw new CertificateConflictError(`${id} is active in ${names.join(', ')}; deactivate it there first`, activeIn)
}
