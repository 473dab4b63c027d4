import { checkId } from '../../../upstream/url.ts'
import type { OpenAIMutation } from './account.ts'
import { type ChangedCertificate, createListReader, findCertificate, toChangedCertificate } from './certificates.ts'
import { checkName } from './input.ts'

interface RenameInput {
  readonly certificateId: string
  readonly name: string
}

interface Renaming {
  readonly id: string
  readonly name: string
}

/** Renames a certificate. A dry run returns it with its present name. */
export const renameCertificate: OpenAIMutation<RenameInput, Renaming, { readonly certificate: ChangedCertificate }> = {
  name: 'renameOpenAICertificate',

  check({ certificateId, name }) {
    const id = checkId(certificateId, 'input.certificateId')
    checkName(name)
    return { id, name }
  },

  async preview({ account, change, operation }) {
    return { certificate: await findCertificate(account, change.id, createListReader(operation)) }
  },

  async send({ account, change }, context) {
    const row = await account.client.writer.renameCertificate(change.id, change.name, context)
    return { certificate: toChangedCertificate(row, account, 'none', context.madeAt) }
  },

  async verify({ account, change, operation }) {
    const certificate = await findCertificate(account, change.id, createListReader(operation))
    return certificate.name === change.name ? { certificate } : null
  },
}
