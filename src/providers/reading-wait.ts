import { isUnrefreshed } from '../upstream/cache/unrefreshed.ts'
import type { CertificateHolder } from './place.ts'

/** Prefetching reads every place. Many places take long, and one that is not discovered any more is not read. */
const longestPrefetched = 3_600_000
/** An operation may read it. */
const longestOther = 60_000

/**
 * Milliseconds after the start for which the first reading of a place is waited for. 0 when the last one is recent, and when
 * an attempt has failed: to read the place, or to discover it.
 */
export function readingWait(place: CertificateHolder, isPrefetched: boolean): number {
  const states = [...place.sourceStates(), ...(place.parent?.sourceStates() ?? [])]
  const own = states.find(({ kind }) => kind === 'CERTIFICATES')
  const hasFailed = ({ error }: { readonly error: unknown }) => error !== null && !isUnrefreshed(error)
  const discovery = states.find((state) => state.kind === 'DISCOVERY' && state.place === place.parent)
  if (!own?.isDue || hasFailed(own) || (discovery && hasFailed(discovery))) return 0
  return isPrefetched ? longestPrefetched : longestOther
}
