import { InputError } from '../input-error.ts'
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

/** Milliseconds until the lists are looked through again when nothing was missing or another replica reads ahead. */
const restInterval = 30_000
const maxPause = 900_000
/** The number of failures in a row from which on they concern the account, and not each certificate. */
const minFailures = 3
/** How long a certificate is left out after its first failure. Each further one doubles that. */
const firstDelay = 300_000
/** The same where the error concerns this certificate alone. */
const firstDelayOfAnswer = 3_600_000
const maxDelay = 86_400_000
const maxFailed = 10_000

/** The errors that concern one certificate: they pause no calls. */
const ofCertificate: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_CONFLICT',
  'UPSTREAM_INVALID_REQUEST',
  'UPSTREAM_MALFORMED_RESPONSE',
])
/** The errors that concern the credential or its account: one of them pauses the calls. */
const ofAccount: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNAUTHENTICATED',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_CIRCUIT_OPEN',
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
    if (calls.isAllowed) failures = await failuresAfter(missing, failures, search, reader)
    const doublings = Math.max(0, failures - minFailures + 1)
    await clock.sleep(Math.min(calls.interval * 2 ** doublings, maxPause), signal).catch(() => {})
  }
}

/** Reads the details of a certificate. Returns how many failures in a row may concern the account. */
async function failuresAfter(
  { place, details, certificate }: Missing,
  before: number,
  search: MissingDetails,
  { operation }: Pick<Reader, 'operation'>,
): Promise<number> {
  try {
    await place.x509(operation(), certificate)
    // What was returned without being kept would be read again and again.
    if (await details.has(certificate)) search.found(certificate)
    else search.postpone(certificate, firstDelayOfAnswer)
    return 0
  } catch (error) {
    const code = error instanceof UpstreamError ? error.code : null
    const isAnswer = error instanceof InputError || (code !== null && ofCertificate.has(code))
    search.postpone(certificate, isAnswer ? firstDelayOfAnswer : firstDelay)
    if (isAnswer) return 0
    return code !== null && ofAccount.has(code) ? Math.max(before + 1, minFailures) : before + 1
  }
}

/** How far a list was looked through. */
interface Progress {
  /** The position of the next certificate. */
  next: number
  /** The positions of the certificates before that were left out. */
  readonly leftOut: Set<number>
}

interface Failed {
  readonly times: number
  /** Monotonic time until which the certificate is left out. */
  readonly until: number
}

/** Finds the certificates whose details are missing. A list is looked through once, except for those that were left out. */
class MissingDetails {
  readonly #clock: Clock
  readonly #progress = new WeakMap<object, Progress>()
  /** By id of the certificate. */
  readonly #failed = new Map<string, Failed>()
  /** The index of the place that is looked through first. */
  #first = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async next(places: readonly CertificateHolder[]): Promise<Missing | null> {
    const first = this.#first
    for (let count = 0; count < places.length; count += 1) {
      const index = (first + count) % places.length
      const place = places[index] as CertificateHolder
      const details = place.detailsAhead
      const certificate = details && (await this.#nextOf(place, details))
      if (!details || !certificate) continue
      this.#first = index
      return { place, details, certificate }
    }
    return null
  }

  /** Leaves a certificate out, each time for longer, and continues with another place: all certificates of this one may fail. */
  postpone({ id }: PlacedCertificate, firstDelay: number): void {
    const times = this.#failed.get(id)?.times ?? 0
    this.#failed.delete(id)
    const [oldest] = this.#failed.size >= maxFailed ? this.#failed.keys() : []
    if (oldest !== undefined) this.#failed.delete(oldest)
    const delay = Math.min(firstDelay * 2 ** times, maxDelay)
    this.#failed.set(id, { times: times + 1, until: this.#clock.elapsed() + delay })
    this.#first += 1
  }

  found({ id }: PlacedCertificate): void {
    this.#failed.delete(id)
  }

  async #nextOf(place: CertificateHolder, details: DetailsAhead): Promise<PlacedCertificate | null> {
    const list = place.lastList()
    if (!list) return null
    const progress = this.#progress.get(list) ?? { next: 0, leftOut: new Set() }
    this.#progress.set(list, progress)
    for (; progress.next < list.rows.length; progress.next += 1) {
      const certificate = list.rows[progress.next] as PlacedCertificate
      if (progress.next % rowsPerLook === 0 && responseTime.isOver()) await responseTime.next()
      const known = details.has(certificate)
      if (known === true || (await known)) continue
      if (!this.#isLeftOut(certificate)) return certificate
      progress.leftOut.add(progress.next)
    }
    for (const index of progress.leftOut) {
      const certificate = list.rows[index] as PlacedCertificate
      if (this.#isLeftOut(certificate)) continue
      if (!(await details.has(certificate))) return certificate
      progress.leftOut.delete(index)
    }
    return null
  }

  #isLeftOut({ id }: PlacedCertificate): boolean {
    return this.#clock.elapsed() < (this.#failed.get(id)?.until ?? 0)
  }
}
