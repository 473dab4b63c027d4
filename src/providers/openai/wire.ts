import { isObject } from '../../is-object.ts'
import { MalformedBodyError } from '../../upstream/error.ts'
import { parseMoreFlag, parsePageToken } from '../pages.ts'
import { RowReader } from '../row-reader.ts'
import { flag, id, name, object, present, seconds, shape, text, type WireOf } from '../shape.ts'

/**
 * A row of an organization's or a project's certificates. It fits both generations of the API: a member that one of them
 * lacks is null. The PEM in `content` is not read here, so it is not shared by replicas.
 */
export const certificateShape = shape({
  id: id(),
  name: name(),
  active: flag(),
  created_at: seconds(),
  certificate_details: object({ valid_at: seconds(), expires_at: seconds() }),
})

export type WireCertificate = WireOf<typeof certificateShape>

export const projectShape = shape({ id: id(), name: name(), status: text(), archived_at: present() })

export function isArchived({ status, archived_at }: WireOf<typeof projectShape>): boolean {
  return status === 'archived' || archived_at
}

/** One page of a list. */
export interface WirePage {
  readonly data: readonly unknown[]
  readonly has_more: boolean
  readonly last_id: string | null
}

/** A page of any list. @throws when the body has no list in `data`, or a flag or cursor of the wrong type */
export function parsePage(body: unknown): WirePage {
  if (!isObject(body) || !Array.isArray(body['data'])) throw new MalformedBodyError('data is not a list')
  return {
    data: body['data'],
    has_more: parseMoreFlag(body, 'has_more'),
    last_id: parsePageToken(body, 'last_id'),
  }
}

/** The PEM of a certificate that was requested with its content. @throws when it is missing */
export function parseContent(body: unknown): string {
  const content = isObject(body) ? new RowReader(body).object('certificate_details').text('content') : null
  if (!content) throw new MalformedBodyError('certificate_details.content is missing')
  return content
}

/** Errors are `{error: {message}}`; a missing scope is reported as `{error: "…"}`. */
export function parseError(body: unknown): { message?: string | undefined } {
  const error = isObject(body) ? body['error'] : undefined
  const message = isObject(error) ? error['message'] : error
  return typeof message === 'string' ? { message } : {}
}

/** The certificate that was uploaded or renamed. @throws when the body is not a certificate, or is another one */
export function parseWritten(body: unknown, wantedId?: string): WireCertificate {
  const certificate = certificateShape.parse(body)
  if (!certificate) throw new MalformedBodyError('the body is not a certificate')
  if (wantedId !== undefined && certificate.id !== wantedId)
    throw new MalformedBodyError('the body is another certificate')
  return certificate
}

/** @throws when the body does not confirm the deletion */
export function parseDeleted(body: unknown, wantedId: string): void {
  if (!isObject(body) || body['id'] !== wantedId) throw new MalformedBodyError('the deletion is not confirmed')
}

/**
 * The certificates that were activated or deactivated, in the order of `wantedIds`. Other certificates in the body are
 * ignored.
 * @throws when one of them is missing, or has the opposite flag
 */
export function parseToggled(body: unknown, wantedIds: readonly string[], active: boolean): readonly WireCertificate[] {
  const rows = parsePage(body).data.map(certificateShape.parse)
  return wantedIds.map((wantedId) => {
    const row = rows.find((each) => each?.id === wantedId)
    if (!row || row.active === !active) throw new MalformedBodyError('a certificate is missing or was not changed')
    return { ...row, active }
  })
}
