import type { FoundChange } from './compare-lists.ts'
import type { History } from './history.ts'
import { batch } from './known-history.ts'

/**
 * Leaves out the crossed thresholds that are recorded already: the wall clock was set back since, so that their moments come
 * again. Null when the history cannot be read.
 * @param from.after the moments are later
 */
export async function withoutRecorded(
  crossed: readonly FoundChange[],
  history: History,
  { historyKey, after }: { readonly historyKey: string; readonly after: number },
): Promise<readonly FoundChange[] | null> {
  if (crossed.length === 0) return crossed
  if (!(await history.update())) return null
  const sequences = history.crossingsAfter(historyKey, after)
  const recorded = new Set<string>()
  for (let start = 0; start < sequences.length; start += batch) {
    const changes = await history.get(sequences.slice(start, start + batch))
    if (!changes) return null
    for (const change of changes) if (change.historyKey === historyKey) recorded.add(toText(change))
  }
  return recorded.size === 0 ? crossed : crossed.filter((change) => !recorded.has(toText(change)))
}

/** The same text for the same threshold of a certificate. */
function toText({ certificateId, expiryStatus, expiresAt }: Omit<FoundChange, 'at'>): string {
  return `${certificateId} ${expiryStatus} ${expiresAt}`
}
