import { maxSkew } from '../upstream/clock.ts'
import type { ExpectedChange } from '../upstream/list-observer.ts'
import { type ChangeKind, changeKinds } from './change.ts'
import type { FoundChange } from './compare-lists.ts'

/** Milliseconds for which a change that was made through this program is expected in a list. */
const noteLifetime = 3_600_000
/** A list that was read so much later and does not show the change ends that: nothing was changed, or it was undone. */
const longestDelay = 60_000

/** The changes that undo each other: a list that was read in between shows neither. */
const opposites: Readonly<Record<string, ChangeKind>> = {
  ACTIVATED: 'DEACTIVATED',
  DEACTIVATED: 'ACTIVATED',
  APPEARED: 'VANISHED',
  VANISHED: 'APPEARED',
}

const nameOf = (certificateId: string, kind: string) => `${certificateId} ${kind}`

/** The notes on expected changes of one place. */
export function toNotes(
  changes: readonly ExpectedChange[],
  { actor, now }: { readonly actor: string | null; readonly now: number },
): ReadonlyMap<string, string | null> {
  const notes = new Map<string, string | null>()
  for (const { certificateId, kinds } of changes) {
    for (const kind of kinds) {
      const opposite = opposites[kind]
      if (opposite) notes.set(nameOf(certificateId, opposite), null)
    }
    for (const kind of kinds) notes.set(nameOf(certificateId, kind), JSON.stringify([now, actor]))
  }
  return notes
}

/** The same notes, to be removed. */
export function withoutTexts(changes: readonly ExpectedChange[]): ReadonlyMap<string, null> {
  return new Map(
    changes.flatMap(({ certificateId, kinds }) => kinds.map((kind) => [nameOf(certificateId, kind), null])),
  )
}

interface Attribution {
  /** The callers' names, by the index of the change. */
  readonly actors: readonly (string | null)[]
  /** The names of the notes that are used or have expired. */
  readonly usedNotes: readonly string[]
}

/**
 * Finds out which changes are those of a caller. A note is used once, and the others about the same write with it.
 * @param lastAsOf the time of the last list that did not show the changes
 */
export function attribute(
  changes: readonly Pick<FoundChange, 'certificateId' | 'kind'>[],
  notes: ReadonlyMap<string, string>,
  { now, lastAsOf }: { readonly now: number; readonly lastAsOf: number },
): Attribution {
  const current = new Map<string, readonly [at: number, actor: string | null]>()
  const usedNotes: string[] = []
  for (const [name, text] of notes) {
    const [at, actor] = JSON.parse(text) as [number, string | null]
    // A note from the future, from before the clock was set back, would last too long.
    const isCurrent = at <= now + maxSkew && at + noteLifetime > now && at + longestDelay >= lastAsOf
    if (isCurrent) current.set(name, [at, actor])
    else usedNotes.push(name)
  }
  const actors = changes.map(({ certificateId, kind }) => {
    const note = current.get(nameOf(certificateId, kind === 'RENEWED' ? 'APPEARED' : kind))
    if (!note) return null
    for (const other of changeKinds) {
      const name = nameOf(certificateId, other)
      if (String(current.get(name)) !== String(note)) continue
      current.delete(name)
      usedNotes.push(name)
    }
    return note[1]
  })
  return { actors, usedNotes }
}
