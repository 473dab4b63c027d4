import { InputError } from '../input-error.ts'
import type { Ordering, Position } from './ordering.ts'

/** What a cursor remembers: where it stands, and whether every page so far was complete. */
export interface Cursor {
  readonly position: Position
  readonly complete: boolean
}

const longest = 4096

export function encodeCursor(ordering: Pick<Ordering<never>, 'name'>, { position, complete }: Cursor): string {
  return encode([ordering.name, position.key, position.id, complete])
}

/** @throws InputError when the text is no cursor, or one of another order */
export function decodeCursor(ordering: Pick<Ordering<never>, 'name'>, text: string, argument: string): Cursor {
  const parts = parse(text)
  if (!parts) throw new InputError(`${argument}: not a cursor of this API; pass one that a page gave, unchanged`)
  const [order, key, id, complete] = parts
  if (order !== ordering.name) {
    throw new InputError(
      `${argument}: a cursor of the order ${order} means nothing in the order ${ordering.name}; start again without it`,
    )
  }
  return { position: { key, id }, complete }
}

type Parts = [order: string, key: Position['key'], id: string, complete: boolean]

function encode(parts: Parts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

function parse(text: string): Parts | null {
  if (text.length > longest) return null
  try {
    const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(decoded)) return null
    const [order, key, id, complete]: unknown[] = decoded
    if (typeof order !== 'string' || typeof id !== 'string' || typeof complete !== 'boolean') return null
    if (key !== null && typeof key !== 'string' && typeof key !== 'number') return null
    const parts: Parts = [order, key, id, complete]
    // Both decoders let much pass; a cursor is what a page gave, to the letter.
    return encode(parts) === text ? parts : null
  } catch {
    return null
  }
}
