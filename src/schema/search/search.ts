import type { ReadCertificate } from '../../catalog/certificate.ts'
import { type CertificateOrder, certificateOrdering } from '../../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import type { Operation } from '../../operation.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import type { Conditions } from './filter-input.ts'
import { findSorted, type Search, type SearchReport } from './find-certificates.ts'

export interface SearchArguments extends ConnectionArguments, Conditions {
  readonly orderBy?: CertificateOrder | null | undefined
}

/** A page of certificates with the report on every place that was read. */
export interface SearchPage extends Connection<ReadCertificate<PlacedCertificate>> {
  readonly report: SearchReport
}

/** Reads the places of a filter and merges their certificates into one page. */
export async function searchCertificates(
  search: Search,
  operation: Operation,
  args: SearchArguments,
): Promise<SearchPage> {
  const ordering = certificateOrdering(args.orderBy)
  const window = parseWindow(ordering, args)
  const { lists, report, ...found } = await findSorted(search, operation, args, ordering)
  const connection = await toConnection<PlacedCertificate, ReadCertificate<PlacedCertificate>>(lists, {
    ordering,
    window,
    timeSlice: operation.timeSlice,
    incompleteReasons: report.incompleteReasons,
    ...found,
  })
  // The page before this one may have been incomplete.
  if (connection.incompleteReasons.length > 0) operation.outcome?.lack()
  return { ...connection, report }
}
