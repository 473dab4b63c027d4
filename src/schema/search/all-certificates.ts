import type { ReadCertificate } from '../../catalog/certificate.ts'
import { certificateOrdering } from '../../catalog/certificate-list.ts'
import { mergeAll } from '../../catalog/merge.ts'
import type { Operation } from '../../operation.ts'
import { noteMaxStaleness } from '../../providers/max-staleness.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import { type TimeSlice, visitIndexes } from '../../time-slice.ts'
import { findSorted, type Search, type SearchReport } from './find-certificates.ts'
import type { SearchArguments } from './search.ts'

type Row = ReadCertificate<PlacedCertificate>

/** The certificates on all pages of a search. They do not change any more. */
export interface AllCertificates {
  readonly report: SearchReport
  /** Visits each, as its list has it, in slices and in no order. */
  visit(timeSlice: TimeSlice, visit: (row: PlacedCertificate) => void): Promise<void>
  /** Returns them in order, in batches. It may be called again. */
  rows(timeSlice: TimeSlice): AsyncIterable<readonly Row[]>
}

/** Reads the places of a filter, as `Query.certificates` does for one page. */
export async function readAllCertificates(
  search: Search,
  operation: Operation,
  args: Pick<SearchArguments, 'filter' | 'maxStaleness' | 'orderBy'>,
): Promise<AllCertificates> {
  if (args.maxStaleness !== null && args.maxStaleness !== undefined) noteMaxStaleness(operation)
  const ordering = certificateOrdering(args.orderBy)
  const { lists, accepts, toNode, report } = await findSorted(search, operation, args, ordering)
  return {
    report,
    async visit(timeSlice, visit) {
      for (const list of lists) {
        await visitIndexes(list.length, timeSlice, (index) => {
          const row = list.at(index)
          if (row && (!accepts || accepts(row))) visit(row)
        })
      }
    },
    async *rows(timeSlice) {
      for await (const batch of mergeAll<PlacedCertificate>(lists, ordering, timeSlice, accepts))
        yield batch.map(({ row, list, index }) => toNode(row, list, index))
    },
  }
}
