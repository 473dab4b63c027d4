import type { ReadCertificate } from '../../../catalog/certificate.ts'
import type { Operation } from '../../../operation.ts'
import { checkId } from '../../../upstream/url.ts'
import { makeChange, type Progress } from '../../change.ts'
import type { OpenAICertificate } from '../certificate.ts'
import type { OpenAIOrganization } from '../places.ts'
import { findCertificate } from './lists.ts'
import { checkName } from './name.ts'
import { toWritten } from './written.ts'

export interface RenameInput {
  readonly certificateId: string
  readonly name: string
  readonly dryRun?: boolean | null | undefined
}

/** Gives a certificate another name. A dry run gives it with the name it has. */
export async function rename(
  organization: OpenAIOrganization,
  { certificateId, name, dryRun }: RenameInput,
  operation: Operation,
  progress: Progress,
): Promise<ReadCertificate<OpenAICertificate>> {
  const id = checkId(certificateId, 'input.certificateId')
  checkName(name)
  const { client } = organization
  const find = () => findCertificate(organization, id, operation)

  if (dryRun) return find()
  return makeChange(
    {
      client,
      async send(context) {
        const row = await client.writer.renameCertificate(id, name, context)
        return toWritten(row, organization, 'none', progress, operation)
      },
      async verify() {
        const certificate = await find()
        return certificate.name === name ? certificate : null
      },
    },
    operation,
    progress,
  )
}
