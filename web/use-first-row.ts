import { useRef } from 'preact/hooks'
import { toFirstRow } from './row-numbers.ts'

/**
 * The number of the first row that is shown. Until the next page has arrived, the rows of the last one are shown, with their
 * numbers and not with those of the address.
 */
export function useFirstRow(
  report: Parameters<typeof toFirstRow>[0],
  from: number | undefined,
  isCurrent: boolean,
): number {
  const shown = useRef(from)
  if (isCurrent) shown.current = from
  return toFirstRow(report, shown.current)
}
