import { isObject } from '../../../src/is-object.ts'
import type { RowPage } from '../../../src/providers/pages.ts'
import { date, id, name, shape, text, type WireOf } from '../../../src/providers/shape.ts'

/** A certificate of an account. */
export const certificateShape = shape({ id: id(), label: name(), state: text(), notAfter: date() })

export type WireCertificate = WireOf<typeof certificateShape>

/** @throws when the body has no list in `items` */
export function parsePage(body: unknown): RowPage {
  if (!isObject(body) || !Array.isArray(body['items'])) throw new Error('items is not a list')
  const token = body['nextPageToken']
  return { rows: body['items'], next: typeof token === 'string' && token !== '' ? token : null }
}

export function parseError(body: unknown): { message?: string } {
  const message = isObject(body) ? body['message'] : undefined
  return typeof message === 'string' ? { message } : {}
}
