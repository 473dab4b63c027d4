import type { Operation } from '../operation.ts'
import { responseTime } from '../response-time.ts'
import { rowsPerLook } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import { UpstreamError, type UpstreamErrorCode } from '../upstream/error.ts'
import type { SharedLease } from '../upstream/shared-lease.ts'
import type { CertificateHolder, DetailsAhead, PlacedCertificate } from './place.ts'

interface Reader {
  readonly clock: Clock
  /** One replica at a time reads ahead. */
  readonly lease: SharedLease
  /** The places with the lists that were read last. */
  places(): readonly CertificateHolder[]
  /** The operation that the calls are made for. */
  operation(): Operation
  readonly signal: AbortSignal
}

interface Missing {
  readonly place: CertificateHolder
  readonly details: DetailsAhead
  readonly certificate: PlacedCertificate
}

/** Milliseconds until the lists are looked through again, when nothing was missing or another replica reads ahead. */
const restInterval = 30_000
const maxPause = 900_000
/** How long a certificate is left out whose details cannot be read although the vendor answers. */
const skipTtl = 3_600_000
const maxSkipped = 10_000

/** The errors that concern one certificate. Others concern the vendor or the credential, and pause the calls. */
const ofCertificate: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_INVALID_REQUEST',
  'UPSTREAM_MALFORMED_RESPONSE',
])

/** Reads the details of the certificates in the lists, until the signal aborts. */
export async function readDetailsAhead(reader: Reader): Promise<never> {
  const search = new MissingDetails(reader.clock)
  for (;;) {
    // To find that nothing is missing needs no lease.
    if (await search.next(reader.places())) await reader.lease.tryRun((lost) => readMissing(search, reader, lost))
    await reader.clock.sleep(restInterval, reader.signal)
  }
}

/** Reads what is missing, with one call per interval. */
async function readMissing(search: MissingDetails, reader: Reader, lost: AbortSignal): Promise<void> {
  const { clock } = reader
  const signal = AbortSignal.any([reader.signal, lost])
  let failures = 0
  while (!signal.aborted) {
    const missing = await search.next(reader.places())
    if (!missing) return
    const { calls } = missing.details
    if (calls.isAllowed) failures = (await tryRead(missing, search, reader)) ? 0 : failures + 1
    await clock.sleep(Math.min(calls.interval * 2 ** failures, maxPause), signal).catch(() => {})
  }
}

/** False when the vendor could not be called, or failed. */
async function tryRead(
  { place, certificate }: Missing,
  search: MissingDetails,
  { operation }: Pick<Reader, 'operation'>,
): Promise<boolean> {
  try {
    await place.x509(operation(), certificate)
    return true
  } catch (error) {
    const isSkipped = error instanceof UpstreamError && ofCertificate.has(error.code)
    if (isSkipped) search.skip(certificate)
    return isSkipped
  }
}

/** Finds the certificates whose details are missing. A list is looked through once. */
class MissingDetails {
  readonly #clock: Clock
  /** The position of the next certificate, by list. */
  readonly #positions = new WeakMap<object, number>()
  /** Until when certificates are left out, by id. */
  readonly #skipped = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async next(places: readonly CertificateHolder[]): Promise<Missing | null> {
    for (const place of places) {
      const details = place.detailsAhead
      const certificate = details && (await this.#nextOf(place, details))
      if (details && certificate) return { place, details, certificate }
    }
    return null
  }

  /** Leaves a certificate out for some time. */
  skip({ id }: PlacedCertificate): void {
    if (this.#skipped.size >= maxSkipped) this.#skipped.clear()
    this.#skipped.set(id, this.#clock.elapsed() + skipTtl)
  }

  async #nextOf(place: CertificateHolder, details: DetailsAhead): Promise<PlacedCertificate | null> {
    const list = place.lastList()
    if (!list) return null
    for (let index = this.#positions.get(list) ?? 0; index < list.rows.length; index += 1) {
      const certificate = list.rows[index] as PlacedCertificate
      if (index % rowsPerLook === 0 && responseTime.isOver()) await responseTime.next()
      const known = details.has(certificate)
      if (known !== true && !(await known) && !this.#isSkipped(certificate)) return certificate
      this.#positions.set(list, index + 1)
    }
    return null
  }

  #isSkipped({ id }: PlacedCertificate): boolean {
    return this.#clock.elapsed() < (this.#skipped.get(id) ?? 0)
  }
}
