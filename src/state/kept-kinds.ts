import type { StateKey } from './state-store.ts'

/** The entries of texts, the times at which they were set, and their number. */
const ofTexts = <Kind extends string>(kind: Kind) => [kind, `${kind} order`, `${kind} count`] as const

export const historyRoot = 'history'

/**
 * The kinds that are kept, in the words of docs/operations.md ("What is stored where"), with the roots of their keys: the first
 * part, in the history the first two. The entries of the first root are counted, and those of the others belong to them.
 */
export const keptKinds = {
  readings: ['reading', 'reading rows'],
  'call logs': ['calls'],
  requests: ['request', 'last change'],
  'X.509 details': ofTexts('x509'),
  changes: ['history change'],
  'last lists': ['history head', 'history list', 'history bounds', 'history removal', 'history notes'],
  'webhook deliveries': [
    ...ofTexts('notify-messages'),
    ...ofTexts('notify'),
    ...ofTexts('notify-outages'),
    ...ofTexts('notify-thresholds'),
  ],
  leases: ['lease'],
  'late deactivations': ['lease note'],
} as const

/**
 * The kinds that are small, and whose loss would break a promise: what is sent, and in which order. They may take what is left of
 * the state when the others have no room.
 */
const smallKinds = ['call logs', 'requests', 'webhook deliveries', 'leases', 'late deactivations'] as const

const smallRoots: ReadonlySet<unknown> = new Set(smallKinds.flatMap((kind): readonly string[] => keptKinds[kind]))

/** Whether the entries under a key, or under keys that begin with it, are of a small kind. */
export const isSmallKind = ([root]: StateKey): boolean => smallRoots.has(root)

export type KeptRoot = (typeof keptKinds)[keyof typeof keptKinds][number]

/** The kinds of texts: those with an order. */
export type TextKind = Extract<KeptRoot, `${string} order`> extends `${infer Kind} order` ? Kind : never

/** The entries whose keys have one root, or those of one kind. */
export interface KindSummary {
  readonly kind: string
  readonly entries: number
  readonly bytes: number
  /** When the oldest and the newest entry were written: wall-clock time in milliseconds. */
  readonly oldest: number
  readonly newest: number
}

/** Adds up the roots of each kind. A root of another version has its own name. */
export function toKinds(roots: readonly KindSummary[]): readonly KindSummary[] {
  const known: readonly (readonly [string, readonly string[]])[] = Object.entries(keptKinds)
  const named = new Set(known.flatMap(([, names]) => names))
  const kinds = known.flatMap(([kind, names]) => {
    const found = roots.filter((each) => names.includes(each.kind))
    if (found.length === 0) return []
    return {
      kind,
      entries: found.find((each) => each.kind === names[0])?.entries ?? 0,
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      oldest: Math.min(...found.map(({ oldest }) => oldest)),
      newest: Math.max(...found.map(({ newest }) => newest)),
    }
  })
  return [...kinds, ...roots.filter(({ kind }) => !named.has(kind))]
}
