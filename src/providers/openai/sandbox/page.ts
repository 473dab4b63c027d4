import type { Answer } from '../../../sandbox/call.ts'
import { refuse } from './refusal.ts'
import type { OpenAISandboxState } from './state.ts'

interface Listed {
  readonly id: string
  readonly created_at: number
}

/** One page of a list, by the vendor's cursor: the id of the last item already seen. */
export function answerPage(
  items: readonly Listed[],
  query: URLSearchParams,
  generation: OpenAISandboxState['generation'],
): Answer {
  const limit = query.get('limit') ?? '20'
  // The bounds are in prose only, and what lies beyond them is not documented: a client must not go there.
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    return refuse(400, `'limit' is ${limit}, which is not between 1 and 100.`, { param: 'limit' })
  }
  const order = query.get('order') ?? 'desc'
  if (order !== 'asc' && order !== 'desc') {
    return refuse(400, `'order' is neither 'asc' nor 'desc'.`, { param: 'order' })
  }
  const oldestFirst = items.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
  const sorted = order === 'asc' ? oldestFirst : oldestFirst.reverse()
  const after = query.get('after')
  const start = after === null ? 0 : sorted.findIndex(({ id }) => id === after) + 1
  if (after !== null && start === 0) return refuse(400, `No item has the id ${after}.`, { param: 'after' })

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
