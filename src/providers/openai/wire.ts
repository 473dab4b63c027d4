import { isObject } from '../../is-object.ts'
import { parseRow, RowReader } from '../row-reader.ts'

/** One page of a list, whatever its rows are. */
export interface WirePage {
  readonly data: readonly unknown[]
  readonly has_more: boolean
  readonly last_id: string | null
}

/** A row of either certificate list. Both generations of the API fit: members that one of them lacks are null. */
export interface WireCertificate {
  readonly id: string
  readonly name: string | null
  readonly active: boolean | null
  readonly created_at: number | null
  readonly certificate_details: { readonly valid_at: number | null; readonly expires_at: number | null }
  readonly issues: readonly string[]
}

export interface WireProject {
  readonly id: string
  readonly name: string | null
  readonly archived: boolean
}

/** Every member of a row that is read, at whatever depth: `content`, which is PEM, is none of them. */
export const certificateFields = ['id', 'name', 'active', 'created_at', 'certificate_details', 'valid_at', 'expires_at']
export const projectFields = ['id', 'name', 'status', 'archived_at']

/** @throws when the body is no list */
export function parsePage(body: unknown): WirePage {
  if (!isObject(body) || !Array.isArray(body['data'])) throw new Error('no list')
  const lastId = body['last_id']
  return {
    data: body['data'],
    has_more: body['has_more'] === true,
    last_id: typeof lastId === 'string' && lastId !== '' ? lastId : null,
  }
}

/** Null when the row is no object or has no id. */
export function parseCertificate(value: unknown): WireCertificate | null {
  const identified = parseRow(value)
  if (!identified) return null
  const { id, row } = identified
  const details = row.object('certificate_details')
  return {
    id,
    name: row.name('name'),
    active: row.flag('active'),
    created_at: row.seconds('created_at'),
    certificate_details: { valid_at: details.seconds('valid_at'), expires_at: details.seconds('expires_at') },
    issues: row.issues,
  }
}

/** Null when the row is no object or has no id. */
export function parseProject(value: unknown): WireProject | null {
  const identified = parseRow(value)
  if (!identified) return null
  const { id, row } = identified
  return { id, name: row.name('name'), archived: row.text('status') === 'archived' || row.has('archived_at') }
}

/** The PEM of a single certificate asked for with its content. @throws when it is not there */
export function parseContent(body: unknown): string {
  const content = isObject(body) ? new RowReader(body).object('certificate_details').text('content') : null
  if (!content) throw new Error('no content')
  return content
}

/** `{error: {message}}`, and the bare `{error: "…"}` of a missing scope. */
export function parseError(body: unknown): { message?: string | undefined } {
  const error = isObject(body) ? body['error'] : undefined
  const message = isObject(error) ? error['message'] : error
  return typeof message === 'string' ? { message } : {}
}

/** The certificate that was uploaded or renamed. @throws when the answer is none, or another one than was asked for */
export function parseWritten(body: unknown, wantedId?: string): WireCertificate {
  const certificate = parseCertificate(body)
  if (!certificate) throw new Error('no certificate')
  if (wantedId !== undefined && certificate.id !== wantedId) throw new Error('another certificate')
  return certificate
}

/** @throws when the answer does not confirm the deletion */
export function parseDeleted(body: unknown, wantedId: string): void {
  if (!isObject(body) || body['id'] !== wantedId) throw new Error('no confirmation')
}

/**
 * The certificates that were switched, in the order they were asked for; one more in the answer is of no interest.
 * @throws when one of them is missing or says that it was not switched
 */
export function parseToggled(body: unknown, wantedIds: readonly string[], active: boolean): readonly WireCertificate[] {
  const rows = parsePage(body).data.map(parseCertificate)
  return wantedIds.map((wantedId) => {
    const row = rows.find((each) => each?.id === wantedId)
    if (!row || row.active === !active) throw new Error('a certificate is missing, or was not switched')
    return { ...row, active }
  })
}
