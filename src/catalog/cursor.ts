import { InputError } from '../input-error.ts'
import type { Ordering, Position } from './ordering.ts'

/** The position of a row, and whether all pages up to it were complete. */
export interface Cursor {
  readonly position: Position
  readonly complete: boolean
}

const maxLength = 4096

/** Writes a cursor. It is opaque to clients. */
export function encodeCursor(ordering: Pick<Ordering<never>, 'name'>, { position, complete }: Cursor): string {
  return encode([ordering.name, position.key, position.id, complete])
}

/** Reads a cursor of an order. @throws InputError when the text is not a cursor, or is a cursor of another order */
export function decodeCursor(ordering: Pick<Ordering<never>, 'name'>, text: string, argument: string): Cursor {
  const parts = parse(text)
  if (!parts)
    throw new InputError(`${argument}: not a cursor of this API; expected a cursor from an earlier page, unchanged`)
  const [order, key, id, complete] = parts
  if (order !== ordering.name) {
    throw new InputError(
      `${argument}: a cursor of the order ${order} cannot be used with the order ${ordering.name}; start again without a cursor`,
    )
  }
  return { position: { key, id }, complete }
}

type Parts = [order: string, key: Position['key'], id: string, complete: boolean]

function encode(parts: Parts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

function parse(text: string): Parts | null {
  if (text.length > maxLength) return null
  try {
    const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(decoded)) return null
    const [order, key, id, complete]: unknown[] = decoded
    if (typeof order !== 'string' || typeof id !== 'string' || typeof complete !== 'boolean') return null
    if (key !== null && typeof key !== 'string' && typeof key !== 'number') return null
    const parts: Parts = [order, key, id, complete]
    // Both decoders accept other spellings of the same value. A cursor has exactly one.
    return encode(parts) === text ? parts : null
  } catch {
    return null
  }
}
