/** A number, or why there is none. */
export type Count =
  | { readonly state: 'loading' | 'failed' }
  /** The caveat says why the number may be wrong. */
  | { readonly state: 'counted'; readonly value: number; readonly caveat: string | null }

/** What makes a count trustworthy. */
interface Counted {
  readonly complete: boolean
  readonly fresh: boolean
}

interface CountAnswer {
  readonly data: { readonly certificateStatistics: (Counted & { readonly total: number }) | null } | null
  readonly error: unknown
}

/** A number from these statistics. */
export function toCounted(value: number, { complete, fresh }: Counted): Count {
  return { state: 'counted', value, caveat: complete ? (fresh ? null : 'from old data') : 'in what could be read' }
}

/** The count of an answer. The last one stays, with a caveat, while it cannot be counted again. */
export function toCount({ data, error }: CountAnswer): Count {
  const statistics = data?.certificateStatistics
  if (!statistics) return { state: error ? 'failed' : 'loading' }
  const count = toCounted(statistics.total, statistics)
  return error && count.state === 'counted' ? { ...count, caveat: 'an earlier count' } : count
}

/** Whether nothing was read, so that a count of 0 says nothing. */
export const isUnread = (sources: readonly { readonly status: string }[], complete: boolean): boolean =>
  !complete && sources.every(({ status }) => status === 'FAILED')

/** Why a list without certificates is no good news. Null when it is good news. */
export function toEmptyText(list: Counted | null | undefined): string | null {
  if (!list) return 'The certificates could not be read.'
  if (!list.complete) return 'None in what could be read. Others may be missing.'
  return list.fresh ? null : 'None by the last reading, which is old.'
}
