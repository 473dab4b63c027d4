import { isObject } from '../../../src/is-object.ts'
import { parsePageToken, type RowPage } from '../../../src/providers/pages.ts'
import { date, id, name, shape, text, type WireOf } from '../../../src/providers/shape.ts'
import { MalformedBodyError } from '../../../src/upstream/error.ts'

/** A certificate of an account. */
export const certificateShape = shape({ id: id(), label: name(), state: text(), notAfter: date() })

export type WireCertificate = WireOf<typeof certificateShape>

/** @throws when the body has no list in `items`, or a token of the wrong type */
export function parsePage(body: unknown): RowPage {
  if (!isObject(body) || !Array.isArray(body['items'])) throw new MalformedBodyError('items is not a list')
  return { rows: body['items'], next: parsePageToken(body, 'nextPageToken') }
}

export function parseError(body: unknown): { message?: string } {
  const message = isObject(body) ? body['message'] : undefined
  return typeof message === 'string' ? { message } : {}
}
