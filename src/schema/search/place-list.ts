import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import { type CertificateOrder, certificateOrdering } from '../../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { CertificateHolder, PlacedCertificate } from '../../providers/place.ts'
import { applyFilter, type FilterOptions } from './apply-filter.ts'
import { type Conditions, isUnfiltered, parseFilter } from './filter-input.ts'

interface PlaceListArguments extends ConnectionArguments, Conditions {
  readonly orderBy?: CertificateOrder | null | undefined
}

/** A list with as many rows takes too little time to wait for a turn. */
const maxShortList = 200

/** A page of the certificates of one place. */
export type ListCertificates = <Row extends PlacedCertificate>(
  operation: Operation,
  place: CertificateHolder<Row>,
  args: PlaceListArguments,
) => Promise<Connection<ReadCertificate<Row>>>

/** Returns the resolver of a place's own list. It checks the arguments before anything is read. */
export function createPlaceList({
  thresholds,
  owners,
}: Pick<FilterOptions, 'thresholds' | 'owners'>): ListCertificates {
  return async <Row extends PlacedCertificate>(
    operation: Operation,
    place: CertificateHolder<Row>,
    args: PlaceListArguments,
  ) => {
    const ordering = certificateOrdering(args.orderBy)
    const window = parseWindow(ordering, args)
    const input = args.filter ?? {}
    if (input.placeIds) {
      throw new InputError('filter.placeIds: this list is of one place; omit it, or use `Query.certificates`')
    }
    const filter = parseFilter(input, { owners, caller: operation.caller })
    const maxStaleness = args.maxStaleness ?? undefined

    // The reading begins first: other fields of the operation about the same place take over its `maxStaleness`.
    const reading = await place.read(operation, maxStaleness)
    const isWanted = !input.providers || input.providers.includes(place.provider)
    const { value: list } = reading
    if (list.rows.length > maxShortList) await operation.timeSlice.begin()
    const rows = await list.sorted(filter.includeDeleted ? list.rows : list.present, ordering, operation.timeSlice)
    const read = isWanted ? [{ list, rows }] : []
    const page = { ordering, window, timeSlice: operation.timeSlice }
    if (isUnfiltered(filter)) {
      return toConnection<Row, ReadCertificate<Row>>(
        read.map((each) => each.rows),
        {
          ...page,
          basis: isWanted ? { of: [rows], state: `${reading.asOf} ${reading.stale}` } : undefined,
          toNode: (row) => fromReading(row, reading),
        },
      )
    }
    const { lists, accepts, annotate } = await applyFilter(operation, read, {
      filter,
      thresholds,
      owners,
      maxStaleness,
    })
    return toConnection<Row, ReadCertificate<Row>>(lists, {
      ...page,
      accepts,
      toNode: (row) => fromReading(annotate(row), reading),
    })
  }
}
