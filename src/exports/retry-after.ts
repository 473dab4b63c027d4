import type { Source } from '../providers/place.ts'
import type { ExportRequirement } from '../server/http-export.ts'
import { type ReadingFailure, UpstreamError } from '../upstream/error.ts'

/**
 * The seconds until what an export lacks may be read, as the vendors or rate limits say: the longest of them, because all of
 * it has to be read.
 * @param unlisted the failures of what no list has
 */
export function toRetryAfter(
  sources: readonly Source[],
  unlisted: readonly ReadingFailure[],
): Readonly<Record<ExportRequirement, number | undefined>> {
  const errorsOf = (wanted: Source['status']) =>
    sources.flatMap(({ status, error }) => (status === wanted ? [error] : []))
  return { complete: longest([...errorsOf('FAILED'), ...unlisted]), fresh: longest(errorsOf('STALE')) }
}

function longest(errors: readonly (ReadingFailure | null)[]): number | undefined {
  let seconds: number | undefined
  for (const error of errors) {
    const next = error instanceof UpstreamError ? error.details.retryAfterSeconds : undefined
    if (next !== undefined) seconds = Math.max(seconds ?? 0, next)
  }
  return seconds
}
