import type { Certificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Operation } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import { isReadingFailure, type ReadingFailure } from '../upstream/error.ts'
import type { CertificatePlace, Place, PlacedCertificate, PlaceList } from './place.ts'

export const sourceKinds = ['CERTIFICATES', 'DISCOVERY', 'ENROLLMENTS'] as const
export const sourceStatuses = ['FAILED', 'OK', 'STALE'] as const

/** How one reading went, as data: a list over many places has one of these for each. */
export interface Source {
  readonly place: Place
  readonly kind: (typeof sourceKinds)[number]
  readonly status: (typeof sourceStatuses)[number]
  /** Null when nothing was read. */
  readonly asOf: number | null
  readonly certificateCount: number | null
  readonly unreadableRows: number
  /** Why nothing could be read, or what was read before could not be renewed. */
  readonly error: ReadingFailure | null
}

/** A reading that may have failed, and its report. */
export interface Settled<Value> {
  readonly reading: Reading<Value> | null
  readonly source: Source
}

/** Waits for a place's certificates; a failure of the vendor becomes part of the report, any other is thrown. */
export function settleCertificates<Row extends Certificate>(
  place: Place,
  reading: Promise<Reading<CertificateList<Row>>>,
): Promise<Settled<CertificateList<Row>>> {
  return settle(place, 'CERTIFICATES', reading, ({ rows, unreadableRows }) => ({
    certificateCount: rows.length,
    unreadableRows,
  }))
}

/** Waits for the list of places below a place. */
export function settleDiscovery<Item extends Place>(
  place: Place,
  reading: Promise<Reading<PlaceList<Item>>>,
): Promise<Settled<PlaceList<Item>>> {
  return settle(place, 'DISCOVERY', reading, ({ unreadableRows }) => ({ certificateCount: null, unreadableRows }))
}

/** Waits for what is told of a place's enrollments beside its certificates. */
export function settleEnrollments<Value extends Pick<Source, 'unreadableRows'>>(
  place: Place,
  reading: Promise<Reading<Value>>,
): Promise<Settled<Value>> {
  return settle(place, 'ENROLLMENTS', reading, ({ unreadableRows }) => ({ certificateCount: null, unreadableRows }))
}

/** The report on places that the configuration lists: nothing was read. */
export function configuredSource(place: Place): Source {
  return { place, kind: 'DISCOVERY', status: 'OK', asOf: null, certificateCount: null, unreadableRows: 0, error: null }
}

/** The report on what could not be read. */
export function failedSource(place: Place, kind: Source['kind'], error: ReadingFailure): Source {
  return { place, kind, status: 'FAILED', asOf: null, certificateCount: null, unreadableRows: 0, error }
}

/** A place's reading, if it could be renewed where that was due. @throws UpstreamError when it could not */
export async function readFresh<Row extends PlacedCertificate>(
  place: CertificatePlace<Row>,
  operation: Operation,
  maxStaleness?: number,
): Promise<Reading<CertificateList<Row>>> {
  const reading = await place.read(operation, maxStaleness)
  if (reading.error) throw reading.error.at(place)
  return reading
}

/** Nothing failed and no row was lost. */
export function isComplete(sources: readonly Source[]): boolean {
  return sources.every(({ status, unreadableRows }) => status !== 'FAILED' && unreadableRows === 0)
}

async function settle<Value>(
  place: Place,
  kind: Source['kind'],
  attempt: Promise<Reading<Value>>,
  count: (value: Value) => Pick<Source, 'certificateCount' | 'unreadableRows'>,
): Promise<Settled<Value>> {
  try {
    const reading = await attempt
    const { value, asOf, error } = reading
    const status = error ? 'STALE' : 'OK'
    return { reading, source: { place, kind, status, asOf, ...count(value), error: error?.at(place) ?? null } }
  } catch (error) {
    if (!isReadingFailure(error)) throw error
    return { reading: null, source: failedSource(place, kind, error) }
  }
}
