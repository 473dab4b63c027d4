import { isObject } from '../../is-object.ts'
import { MalformedBodyError } from '../../upstream/error.ts'
import { parseId, RowReader } from '../row-reader.ts'
import {
  date,
  flag,
  id,
  type Member,
  name,
  object,
  objects,
  optionalObject,
  shape,
  text,
  texts,
  type WireOf,
  word,
} from '../shape.ts'
import { network, networkSettings } from './wire-network.ts'

/** An enrollment of active-certificates v2. Any member may be missing. */
export const enrollmentShape = shape({
  id: id(),
  certificateType: word(),
  csr: object({ cn: name(), sans: texts() }),
  pendingChanges: objects({ changeType: word(), location: text() }),
  production: network,
  staging: network,
})

/** The id may be null: then it is the last segment of the location. */
const idOrLocation: Member<string | null> = {
  fields: ['location'],
  read: (row, field) => row.id(field) ?? parseId(row.text('location')?.split('/').at(-1)),
}

/** An enrollment of enrollments v11. Its contacts are personal data and are not read. */
export const enrollmentDetailsShape = shape({
  id: idOrLocation,
  ra: text(),
  validationType: text(),
  autoRenewalStartTime: date(),
  networkConfiguration: optionalObject({
    ...networkSettings,
    mustHaveCiphers: text(),
    preferredCiphers: text(),
    dnsNameSettings: object({ cloneDnsNames: flag(), dnsNames: texts() }),
    clientMutualAuthentication: optionalObject({
      setId: text(),
      authenticationOptions: object({ ocsp: object({ enabled: flag() }), sendCaListToClient: flag() }),
    }),
  }),
})

export type WireEnrollment = WireOf<typeof enrollmentShape>
export type WireEnrollmentDetails = WireOf<typeof enrollmentDetailsShape>
export type WirePendingChange = NonNullable<WireEnrollment['pendingChanges']>[number]

/** An account that the client may act for. */
export interface WireAccountSwitchKey {
  readonly accountName: string
  readonly accountSwitchKey: string
}

/** The rows of active-certificates or of enrollments. @throws when the body has none */
export function parseEnrollments(body: unknown): unknown[] {
  if (!isObject(body) || !Array.isArray(body['enrollments'])) throw new MalformedBodyError('enrollments is not a list')
  return body['enrollments']
}

/** Contract ids, a bare list of strings. @throws when the body is anything else */
export function parseContractIdentifiers(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw new MalformedBodyError('the body is not a list')
  return body
}

/** The accounts of a client. @throws when the body is not a list, or a row has no name or no key */
export function parseAccountSwitchKeys(body: unknown): readonly WireAccountSwitchKey[] {
  if (!Array.isArray(body)) throw new MalformedBodyError('the body is not a list')
  return body.map((row: unknown) => {
    const { accountName, accountSwitchKey } = isObject(row) ? row : {}
    if (!isText(accountName) || !isText(accountSwitchKey))
      throw new MalformedBodyError('an account has no name or no switch key')
    return { accountName, accountSwitchKey }
  })
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Problem details (RFC 9457). When a quota is used up, the delay may be in `detail` only. */
export function parseError(body: unknown): { message?: string; retryAfterSeconds?: number } {
  const problem = new RowReader(isObject(body) ? body : {})
  const detail = problem.text('detail')
  const message = [problem.text('title'), detail].filter((part) => part !== null).join(': ')
  const wait = /retry after:?\s*(\d+)\s*seconds?/i.exec(detail ?? '')?.[1]
  return { ...(message && { message }), ...(wait !== undefined && { retryAfterSeconds: Number(wait) }) }
}
