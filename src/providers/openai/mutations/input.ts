import { InputError } from '../../../input-error.ts'
import { checkId } from '../../../upstream/url.ts'

/** What the inputs of OpenAI's mutations have in common: the vendor's ids and the dry run. */
export interface OpenAIMutationInput {
  readonly organizationId: string
  readonly projectId?: string | null | undefined
  readonly certificateId?: string
  readonly certificateIds?: readonly string[]
  readonly dryRun?: boolean | null | undefined
}

/** OpenAI activates or deactivates at most ten certificates in one call. */
const maxIds = 10

/** @throws InputError unless there are 1 to 10 different ids */
export function checkCertificateIds(ids: readonly string[]): readonly string[] {
  const argument = 'input.certificateIds'
  if (ids.length === 0 || ids.length > maxIds)
    throw new InputError(`${argument}: ${ids.length} ids; expected 1 to ${maxIds}`)
  const checked = ids.map((id, index) => checkId(id, `${argument}[${index}]`))
  const duplicate = checked.findIndex((id, index) => checked.indexOf(id) !== index)
  if (duplicate !== -1) {
    throw new InputError(`${argument}[${duplicate}]: ${checked[duplicate]} is listed twice; expected each id once`)
  }
  return checked
}

/** OpenAI documents no limit. */
const maxNameLength = 256

/** @throws InputError when the name of a certificate is blank or too long */
export function checkName(name: string): void {
  if (name.trim() === '') throw new InputError('input.name: blank; expected a name')
  if (name.length > maxNameLength)
    throw new InputError(`input.name: ${name.length} characters; expected at most ${maxNameLength}`)
}
