import { type ChangeKind, changeKinds, type RecordedChange } from './change.ts'
import type { FoundChange } from './compare-lists.ts'
import { toAsciiJson } from './list-text.ts'

/** A change as it is recorded, with what its place is known by. */
export type NewChange = FoundChange &
  Pick<RecordedChange, 'provider' | 'placeId' | 'placeVendorId' | 'actor'> & {
    /** The digest that identifies the place. */
    readonly historyKey: string
  }

type Parts = readonly [
  at: number,
  kind: number,
  historyKey: string,
  provider: string,
  placeId: string,
  placeVendorId: string,
  certificateId: string,
  name: string | null,
  expiresAt: number | null,
  expiryStatus: RecordedChange['expiryStatus'],
  replacesId: string | null,
  actor: string | null,
]

/** The text of a change. What the index needs comes first. */
export function toChangeText(change: NewChange): string {
  const parts: Parts = [
    change.at,
    changeKinds.indexOf(change.kind),
    change.historyKey,
    change.provider,
    change.placeId,
    change.placeVendorId,
    change.certificateId,
    change.name,
    change.expiresAt,
    change.expiryStatus,
    change.replacesId,
    change.actor,
  ]
  return toAsciiJson(parts)
}

/** What the index has of a change. */
export interface IndexedChange {
  readonly at: number
  readonly kind: ChangeKind
  readonly historyKey: string
}

const indexed = /^\[(-?\d{1,16}),(\d),"([\w-]{1,64})",/

/** Null when the text is not one of this program. */
export function parseIndexedChange(text: string): IndexedChange | null {
  const match = indexed.exec(text.slice(0, 100))
  const kind = match && changeKinds[Number(match[2])]
  return match && kind ? { at: Number(match[1]), kind, historyKey: match[3] ?? '' } : null
}

/** A change as the history has it. */
export interface KeptChange extends RecordedChange {
  /** The digest that identifies the place. */
  readonly historyKey: string
}

/** Null when the text is not one of this program. */
export function parseChange(text: string, sequence: number, id: string): KeptChange | null {
  if (!parseIndexedChange(text)) return null
  const parts = JSON.parse(text) as Parts
  const [at, kind, historyKey, provider, placeId, placeVendorId, certificateId, name, expiresAt, expiryStatus] = parts
  const [replacesId, actor] = parts.slice(10) as [string | null, string | null]
  return {
    sequence,
    id,
    kind: changeKinds[kind] ?? 'VANISHED',
    at,
    historyKey,
    provider,
    placeId,
    placeVendorId,
    certificateId,
    name,
    expiresAt,
    expiryStatus,
    replacesId,
    actor,
  }
}
