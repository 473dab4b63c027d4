import type { Operation } from '../../../operation.ts'
import { isReadingFailure } from '../../../upstream/error.ts'
import { checkId } from '../../../upstream/url.ts'
import { makeChange, type Progress } from '../../change.ts'
import { toGlobalId } from '../../global-id.ts'
import { CertificateConflictError } from '../../mutation-error.ts'
import { flagIn } from '../flags.ts'
import type { OpenAIOrganization } from '../places.ts'
import { findCertificates, readNow } from './lists.ts'

export interface RemoveInput {
  readonly certificateId: string
  readonly dryRun?: boolean | null | undefined
}

export interface Removed {
  /** Global id. */
  readonly deletedId: string
  readonly certificateId: string
}

/**
 * Deletes a certificate. One that is active somewhere is kept, with the places named; where they cannot be known the vendor
 * has the last word, which deletes none that is active.
 */
export async function remove(
  organization: OpenAIOrganization,
  { certificateId, dryRun }: RemoveInput,
  operation: Operation,
  progress: Progress,
): Promise<Removed> {
  const id = checkId(certificateId, 'input.certificateId')
  const { client } = organization
  const removed = { deletedId: toGlobalId('OpenAICertificate', organization.vendorId, id), certificateId: id }

  let wasThere = false
  try {
    await findCertificates(organization, [id], operation)
    wasThere = true
    await refuseActive(organization, id, operation)
  } catch (error) {
    if (dryRun || !isReadingFailure(error)) throw error
  }
  if (dryRun) return removed
  return makeChange(
    {
      client,
      async send(context) {
        await client.writer.deleteCertificate(id, context)
        return removed
      },
      async verify() {
        const { value } = await readNow(organization, operation)
        const isGone = wasThere && value.unreadableRows === 0 && value.rows.every((row) => row.certificateId !== id)
        return isGone ? removed : null
      },
    },
    operation,
    progress,
  )
}

async function refuseActive(organization: OpenAIOrganization, id: string, operation: Operation): Promise<void> {
  const places = [organization, ...(await organization.projects.list(operation))]
  const flags = await Promise.all(places.map(async (place) => flagIn((await readNow(place, operation)).value, id)))
  const activeIn = places.filter((_, index) => flags[index] === true)
  if (activeIn.length === 0) return
  const named = activeIn.map(({ vendorId, name }) => (name === null ? vendorId : `${vendorId} (${name})`))
  throw new CertificateConflictError(`${id} is active in ${named.join(', ')}; deactivate it there first`, activeIn)
}
