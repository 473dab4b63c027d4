import { type Caller, type Operation, permissions } from '../../operation.ts'
import { hasCertificates } from '../../providers/known-places.ts'
import type { Place } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { endlessTimeSlice } from '../../time-slice.ts'
import type { Clock } from '../../upstream/clock.ts'
import { codeOfStatus, UpstreamError } from '../../upstream/error.ts'
import type { Transport } from '../../upstream/transport.ts'

/** What a vendor answered to the call for one account. */
export interface Connection {
  readonly place: Place
  /** The HTTP status of the last answer; null without one. */
  readonly status: number | null
  /** Milliseconds until the last answer. */
  readonly latency: number
  /** Why the account cannot be read; null when it can. */
  readonly failure: { readonly code: string; readonly message: string } | null
}

const caller: Caller = { name: 'config check', permissions: new Set(permissions), places: null, isIdentified: false }

/** A call that would be the second one. It is not made. */
class FurtherCallError extends Error {}

interface Connecting {
  readonly transport: Transport
  readonly clock: Clock
  /** Milliseconds for each account. */
  readonly deadline: number
}

type CreateVendor = (transport: Transport) => Pick<Vendor, 'knownPlaces'>

/**
 * Makes one harmless call for each account of a vendor: the first page of its list of certificates, or its list of places.
 * What the call itself needs, such as a token, is fetched, too. Neither a retry nor a second page is.
 */
export async function* connectAccounts(createVendor: CreateVendor, connecting: Connecting): AsyncGenerator<Connection> {
  const { length } = accountsOf(createVendor(connecting.transport))
  // Each account has its own vendor: what the one before it has begun, such as a retry, must not count for this one.
  for (let index = 0; index < length; index += 1) yield connectAccount(createVendor, index, connecting)
}

function accountsOf(vendor: ReturnType<CreateVendor>): readonly Place[] {
  return vendor.knownPlaces({ caller }).places.flatMap(({ place, parent }) => (parent === null ? place : []))
}

function connectAccount(
  createVendor: CreateVendor,
  index: number,
  { transport, clock, deadline }: Connecting,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const end = new AbortController()
    const recorder = createRecorder(transport, clock, (failure) => settle(failure))
    const place = accountsOf(createVendor(recorder.transport))[index]
    if (!place) return reject(new Error('account missing'))
    const settle = (failure: Connection['failure']) => {
      resolve({ place, ...recorder.last, failure })
      recorder.end()
      end.abort()
    }
    const operation: Operation = {
      requestId: 'config check',
      caller,
      now: clock.now(),
      deadline: clock.elapsed() + deadline,
      signal: end.signal,
      timeSlice: endlessTimeSlice,
      onCallFailed: (error?: unknown) => settle(toFailure(error)),
    }
    readAccount(place, operation).then(
      () => settle(null),
      (error: unknown) => settle(toFailure(error)),
    )
  })
}

/** An account without a list of its own lists its places, or else the configuration does: then the first one is read. */
async function readAccount(place: Place, operation: Operation): Promise<void> {
  let calls = 0
  const onCall = () => {
    calls += 1
  }
  const counted = { ...operation, onCall }
  if (hasCertificates(place)) {
    await place.read(counted)
    return
  }
  const { items, sources } = await place.certificateHolders(counted)
  const failed = sources.find(({ error }) => error)
  if (failed?.error) throw failed.error
  if (calls === 0) await items[0]?.read(counted)
}

function toFailure(error: unknown): Connection['failure'] {
  if (error instanceof UpstreamError) return { code: error.code, message: error.message }
  return { code: 'INTERNAL_SERVER_ERROR', message: error instanceof Error ? error.message : String(error) }
}

/**
 * Milliseconds after a failed answer in which the reading reports it with the message of the vendor. It does not for a call that
 * it waits for, such as that for a domain, and for a 429, after which it tries again.
 */
const messageTime = 200

/** A transport that records the last answer, and sends nothing twice. */
function createRecorder(transport: Transport, clock: Clock, settle: (failure: Connection['failure']) => void) {
  let last: Pick<Connection, 'status' | 'latency'> = { status: null, latency: 0 }
  let failed: Connection['failure'] = null
  let isEnded = false
  const sent = new Set<string>()
  const send: Transport['send'] = async (outgoing, signal) => {
    const { method, url } = outgoing
    const target = `${method} ${url.origin}${url.pathname}`
    if (isEnded || sent.has(target)) {
      // A second page, or a call that is tried again.
      settle(failed)
      throw new FurtherCallError('not sent')
    }
    sent.add(target)
    const startedAt = clock.elapsed()
    const record = (status: number | null) => {
      last = { status, latency: clock.elapsed() - startedAt }
      if (status !== null && status < 400) return
      const answered = status === null ? 'gave no answer' : `answered ${status}`
      const code = status === null ? 'UPSTREAM_UNAVAILABLE' : codeOfStatus(status)
      failed = { code, message: `${url.host} ${answered}` }
      setTimeout(settle, messageTime, failed)
    }
    try {
      const response = await transport.send(outgoing, signal)
      record(response.status)
      return response
    } catch (error) {
      record(null)
      throw error
    }
  }
  return {
    transport: { send, close: () => transport.close(), isClosed: transport.isClosed },
    get last() {
      return last
    },
    end() {
      isEnded = true
    },
  }
}
