import type { CertificateHistoryQuery } from './generated/graphql.ts'

export type HistoryPage = NonNullable<CertificateHistoryQuery['certificateChanges']>
export type Change = HistoryPage['nodes'][number]

/** The changes of a certificate, newest first: its own, and the appearance of the one that replaced it. */
export interface History {
  readonly changes: readonly Change[]
  /** The change with which a certificate replaced it. */
  readonly successor: Change | null
  /** The last change that says that it is gone. */
  readonly vanished: Change | null
  readonly recordedSince: string | null
  /** How many changes of its places were looked at. */
  readonly looked: number
  readonly next: string | null
}

export function toHistory(pages: readonly HistoryPage[], id: string): History {
  const all = pages.flatMap(({ nodes }) => nodes)
  // Pages that were read at different times may overlap.
  const found = new Map(
    all
      .filter(({ certificateId, replacesId }) => certificateId === id || replacesId === id)
      .map((change) => [change.id, change] as const),
  )
  const changes = [...found.values()]
  const last = pages.at(-1)?.pageInfo
  const newest = changes.find(({ certificateId }) => certificateId === id)
  return {
    changes,
    successor: changes.find(({ replacesId }) => replacesId === id) ?? null,
    vanished: newest?.kind === 'VANISHED' ? newest : null,
    recordedSince: pages[0]?.recordedSince ?? null,
    looked: new Set(all.map((change) => change.id)).size,
    next: last?.hasNextPage ? last.endCursor : null,
  }
}
