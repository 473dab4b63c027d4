import { isObject } from '../src/is-object.ts'
import type { Fault } from '../src/sandbox/fault.ts'

/** The longest body that is read, and the length of each of its rows. With shorter rows it would have too many values. */
const bodyLength = 32 * 1024 ** 2
const rowLength = 2_200

/** One contract of Akamai has a list of 32 MiB. */
export function createLongList(): Fault {
  let contract: string | null = null
  return {
    match({ path, query }) {
      if (!path.endsWith('/active-certificates')) return false
      contract ??= query.get('contractId')
      return query.get('contractId') === contract
    },
    effect: { patch: toLongList },
  }
}

function toLongList(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body['enrollments'])) throw new Error('no list of enrollments')
  const rows: readonly object[] = body['enrollments']
  const count = Math.floor((bodyLength - 100) / rowLength)
  return {
    ...body,
    enrollments: Array.from({ length: count }, (_, index) => toLongRow(rows[index % rows.length], index)),
  }
}

/** A row with another id and a comment. */
function toLongRow(row: object | undefined, index: number): object {
  const other = { ...row, id: 10_000_000 + index, comment: '' }
  return { ...other, comment: ' '.repeat(Math.max(0, rowLength - JSON.stringify(other).length - 1)) }
}
