import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import { type CertificateList, type CertificateOrder, certificateOrdering } from '../../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { CertificateHolder, PlacedCertificate } from '../../providers/place.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import { applyFilter, type FilterOptions } from './apply-filter.ts'
import { type Conditions, isUnfiltered, parseFilter } from './filter-input.ts'

interface PlaceListArguments extends ConnectionArguments, Conditions {
  readonly orderBy?: CertificateOrder | null | undefined
}

/** A list with as many rows takes too little time to wait for a turn. */
const maxShortList = 200

type Page<Row extends PlacedCertificate> = Connection<ReadCertificate<Row>>

/** A page of the certificates of one place. It is returned at once when it is kept, and the place need not be read. */
export type ListCertificates = <Row extends PlacedCertificate>(
  operation: Operation,
  place: CertificateHolder<Row>,
  args: PlaceListArguments,
) => Page<Row> | Promise<Page<Row>>

/** Returns the resolver of a place's own list. It checks the arguments before anything is read. */
export function createPlaceList({
  thresholds,
  owners,
}: Pick<FilterOptions, 'thresholds' | 'owners'>): ListCertificates {
  return <Row extends PlacedCertificate>(
    operation: Operation,
    place: CertificateHolder<Row>,
    args: PlaceListArguments,
  ) => {
    const { timeSlice } = operation
    const ordering = certificateOrdering(args.orderBy)
    const page = { ordering, window: parseWindow(ordering, args), timeSlice }
    const input = args.filter ?? {}
    if (input.placeIds) {
      throw new InputError('filter.placeIds: this list is of one place; omit it, or use `Query.certificates`')
    }
    const filter = parseFilter(input, { owners, caller: operation.caller })
    const maxStaleness = args.maxStaleness ?? undefined
    const isWanted = !input.providers || input.providers.includes(place.provider)

    const sort = ({ value: list }: Reading<CertificateList<Row>>) =>
      list.sorted(filter.includeDeleted ? list.rows : list.present, ordering, timeSlice)
    const listAll = (reading: Reading<CertificateList<Row>>, rows: readonly Row[]) =>
      toConnection<Row, ReadCertificate<Row>>(isWanted ? [rows] : [], {
        ...page,
        basis: isWanted ? { of: [rows], state: `${reading.asOf} ${reading.stale}` } : undefined,
        toNode: (row) => fromReading(row, reading),
      })
    const read = async () => {
      // The reading begins first: other fields of the operation about the same place take over its `maxStaleness`.
      const reading = await place.read(operation, maxStaleness)
      const { value: list } = reading
      if (list.rows.length > maxShortList) await timeSlice.begin()
      const rows = await sort(reading)
      if (isUnfiltered(filter)) return listAll(reading, rows)
      const { lists, accepts, annotate } = await applyFilter(operation, isWanted ? [{ list, rows }] : [], {
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

    const reading = maxStaleness === undefined && isUnfiltered(filter) ? place.readAtOnce(operation) : null
    if (!reading || reading.value.rows.length > maxShortList) return read()
    const rows = sort(reading)
    return rows instanceof Promise ? rows.then((sorted) => listAll(reading, sorted)) : listAll(reading, rows)
  }
}
