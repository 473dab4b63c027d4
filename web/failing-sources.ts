interface Report {
  readonly id: string
  readonly status: string
}

/** Since when each source has been failing, by what this page has received: an earlier time stays as long as it fails. */
export function toFailingSince(
  sources: readonly Report[],
  receivedAt: number,
  earlier: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    sources.filter(({ status }) => status !== 'OK').map(({ id }) => [id, earlier.get(id) ?? receivedAt] as const),
  )
}
