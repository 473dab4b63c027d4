import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { PlacedCertificate } from '../../providers/place.ts'

type List = CertificateList<PlacedCertificate>

/** The certificates that several places have, and how many rows those are. */
export interface DuplicateCounts {
  readonly certificates: number
  readonly rows: number
}

interface Counted extends DuplicateCounts {
  readonly lists: readonly List[]
}

/** Callers who see other places have other counts. */
const maxKept = 10

/** By the first of the lists: a reading that is replaced is forgotten with its counts. */
const kept = new WeakMap<List, readonly Counted[]>()

/** Counts the certificates in the lists of two or more places, once for the same lists. */
export function countDuplicates(lists: readonly List[]): DuplicateCounts {
  const [first] = lists
  if (!first) return { certificates: 0, rows: 0 }
  const before = kept.get(first) ?? []
  const known = before.find((each) => areSame(each.lists, lists))
  if (known) return known
  const counted = { lists, ...count(lists) }
  kept.set(first, [counted, ...before].slice(0, maxKept))
  return counted
}

function areSame(some: readonly List[], others: readonly List[]): boolean {
  return some.length === others.length && some.every((list, index) => list === others[index])
}

function count(lists: readonly List[]): DuplicateCounts {
  const found = new Map<string, { readonly place: string; rows: number; isElsewhere: boolean }>()
  for (const { rows } of lists) {
    for (const { x509, place } of rows) {
      const { sha256Fingerprint } = x509
      if (!sha256Fingerprint) continue
      const before = found.get(sha256Fingerprint)
      if (!before) {
        found.set(sha256Fingerprint, { place: place.id, rows: 1, isElsewhere: false })
        continue
      }
      before.rows += 1
      before.isElsewhere ||= before.place !== place.id
    }
  }
  const duplicates = [...found.values()].filter(({ isElsewhere }) => isElsewhere)
  return { certificates: duplicates.length, rows: duplicates.reduce((sum, { rows }) => sum + rows, 0) }
}
