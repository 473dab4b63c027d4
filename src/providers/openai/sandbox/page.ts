import type { EmulatedResponse } from '../../../sandbox/call.ts'
import { reject } from './responses.ts'
import type { OpenAISandboxState } from './state.ts'

interface Listed {
  readonly id: string
  readonly created_at: number
}

/** A page of a list. The cursor is the id of the last item of the page before. */
export function respondPage(
  items: readonly Listed[],
  query: URLSearchParams,
  generation: OpenAISandboxState['generation'],
): EmulatedResponse {
  const limit = query.get('limit') ?? '20'
  // The documentation has these bounds in prose, and does not say what happens outside them.
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    return reject(400, `'limit' is ${limit}; expected 1 to 100.`, { param: 'limit' })
  }
  const order = query.get('order') ?? 'desc'
  if (order !== 'asc' && order !== 'desc') {
    return reject(400, `'order' has to be 'asc' or 'desc'.`, { param: 'order' })
  }
  const oldestFirst = items.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
  const sorted = order === 'asc' ? oldestFirst : oldestFirst.reverse()
  const after = query.get('after')
  const start = after === null ? 0 : sorted.findIndex(({ id }) => id === after) + 1
  if (after !== null && start === 0) return reject(400, `No item has the id ${after}.`, { param: 'after' })

  const end = start + Number(limit)
  const data = sorted.slice(start, end)
  const cursors = { first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null }
  return {
    status: 200,
    body: {
      object: 'list',
      data,
      ...(data.length > 0 || generation === '2026' ? cursors : {}),
      has_more: end < sorted.length,
    },
  }
}
