import type { Certificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Operation } from '../operation.ts'
import type { Reading, ReadingState } from '../upstream/cache/reading.ts'
import { isUnrefreshed } from '../upstream/cache/unrefreshed.ts'
import { isReadingFailure, type ReadingFailure } from '../upstream/error.ts'
import type { CertificateHolder, Place, PlacedCertificate, Source, SourceState } from './place.ts'

/** A reading that may have failed, and the report on it. */
export interface Settled<Value> {
  readonly reading: Reading<Value> | null
  readonly source: Source
}

/** Waits for the certificates of a place. A ReadingFailure becomes part of the report; any other error is thrown. */
export function settleCertificates<Row extends Certificate>(
  place: Place,
  reading: Promise<Reading<CertificateList<Row>>>,
): Promise<Settled<CertificateList<Row>>> {
  return settle(place, 'CERTIFICATES', reading, ({ rows }) => rows.length)
}

/** The certificates of a place that were read. */
export function settledNow<Row extends Certificate>(
  place: Place,
  reading: Reading<CertificateList<Row>>,
): Settled<CertificateList<Row>> {
  return toSettled(place, 'CERTIFICATES', reading, ({ rows }) => rows.length)
}

/** The places below a place that were read. */
export function discoveredNow<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  reading: Reading<Value>,
): Settled<Value> {
  return toSettled(place, 'DISCOVERY', reading, () => null)
}

/** Waits for any other reading of a place. A ReadingFailure becomes part of the report; any other error is thrown. */
export function settleReading<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  kind: Source['kind'],
  reading: Promise<Reading<Value>>,
): Promise<Settled<Value>> {
  return settle(place, kind, reading, () => null)
}

/** The report on places that the configuration lists: nothing was read. */
export function configuredSource(place: Place): Source {
  return { place, kind: 'DISCOVERY', status: 'OK', asOf: null, certificateCount: null, unreadableRows: 0, error: null }
}

/** What is known of a reading of a place. */
export function toSourceState<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  kind: Source['kind'],
  { reading, failure, attemptedSince, wasRead, isUp, isDue, isOverdue, isWaiting, isInUse }: ReadingState<Value>,
  { circuitOpen }: Pick<SourceState, 'circuitOpen'>,
  countCertificates: (value: Value) => number | null = () => null,
): SourceState {
  return {
    place,
    kind,
    status: failure ? (reading ? 'STALE' : 'FAILED') : reading ? 'OK' : 'UNREAD',
    asOf: reading?.asOf ?? null,
    age: reading?.age ?? null,
    wasRead,
    isUp,
    isDue,
    isOverdue,
    certificateCount: reading && countCertificates(reading.value),
    unreadableRows: reading?.value.unreadableRows ?? 0,
    error: failure?.error.at(place) ?? null,
    lastAnswer: failure?.answer?.at(place) ?? null,
    attemptedSince,
    isWaiting,
    isInUse,
    circuitOpen,
  }
}

/** The report on a reading that failed. */
export function failedSource(place: Place, kind: Source['kind'], error: ReadingFailure): Source {
  return { place, kind, status: 'FAILED', asOf: null, certificateCount: null, unreadableRows: 0, error }
}

/**
 * Reads a place. Waits for a new reading in place of one from before the start that is too old.
 * @throws UpstreamError also when there is a reading, but it could not be refreshed
 */
export async function readFresh<Row extends PlacedCertificate>(
  place: CertificateHolder<Row>,
  operation: Operation,
  maxStaleness?: number,
): Promise<Reading<CertificateList<Row>>> {
  const reading = await place.read(operation, maxStaleness)
  if (isUnrefreshed(reading.error)) return readFresh(place, operation, 0)
  if (reading.error) throw reading.error.at(place)
  return reading
}

async function settle<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  kind: Source['kind'],
  attempt: Promise<Reading<Value>>,
  countCertificates: (value: Value) => number | null,
): Promise<Settled<Value>> {
  try {
    return toSettled(place, kind, await attempt, countCertificates)
  } catch (error) {
    if (!isReadingFailure(error)) throw error
    return { reading: null, source: failedSource(place, kind, error) }
  }
}

function toSettled<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  kind: Source['kind'],
  reading: Reading<Value>,
  countCertificates: (value: Value) => number | null,
): Settled<Value> {
  const { value, asOf, error } = reading
  const { unreadableRows } = value
  const [status, certificateCount] = [error ? 'STALE' : 'OK', countCertificates(value)] as const
  return {
    reading,
    source: { place, kind, status, asOf, certificateCount, unreadableRows, error: error?.at(place) ?? null },
  }
}
