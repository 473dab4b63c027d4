import { anonymousCaller } from '../../src/access/caller.ts'
import { defaultLimits } from '../../src/limits.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { createSendCall } from '../../src/upstream/call/call.ts'
import { createRateLimiter, ResiliencePipeline } from '../../src/upstream/call/resilience-pipeline.ts'
import type { VendorApi } from '../../src/upstream/call/vendor-api.ts'
import { PendingWork } from '../../src/upstream/concurrency.ts'
import type { UpstreamDependencies } from '../../src/upstream/dependencies.ts'
import { keptNowhere } from '../../src/upstream/kept-objects.ts'
import { createRedactor } from '../../src/upstream/redact.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { defaultSettings, type UpstreamSettings } from '../../src/upstream/settings.ts'
import { createTransport } from '../../src/upstream/transport.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { whileTimePasses } from './passing-time.ts'
import { createTestLog } from './test-log.ts'

interface GetOptions {
  readonly signal?: AbortSignal
  readonly parse?: (body: unknown) => unknown
}

export interface TestCall {
  readonly clock: ManualClock
  /** The log so far. */
  readonly lines: readonly Record<string, unknown>[]
  /** Sends a GET call in an operation with a deadline of five seconds. Returns the parsed body. */
  get(url: string, options?: GetOptions): Promise<unknown>
  /** Returns the error of a call that must fail. The clock advances over the pauses between its attempts. */
  failure(url: string): Promise<unknown>
  close(): Promise<void>
}

/** The API of an invented vendor. */
const account: VendorApi = {
  provider: 'EXAMPLE',
  brand: 'Example',
  account: 'example',
  authorize: () => ({ authorization: 'Bearer key-0815' }),
  secrets: () => ['key-0815'],
  parseJson: JSON.parse,
  parseError: (body) => ({ message: String(Object(body).message ?? '') }),
}

const unchanged = (body: unknown) => body

/** Sends calls over the real transport, on a clock that only the test moves. */
export function createTestCall(settings: Partial<UpstreamSettings> = {}, own: Partial<VendorApi> = {}): TestCall {
  const clock = createManualClock()
  const transport = createTransport(defaultLimits.vendorBody)
  const { log, lines } = createTestLog()
  const upstream: UpstreamDependencies = {
    clock,
    transport,
    readingLimits: defaultLimits.reading,
    settings: { ...defaultSettings, ...settings },
    log,
    redact: createRedactor(['of-another-account']),
    writes: false,
    kept: keptNowhere,
    pendingWork: new PendingWork(),
    replicas: createSoleReplica(clock),
  }
  const vendor = { ...account, ...own }
  const pipeline = new ResiliencePipeline(
    upstream,
    vendor,
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  const call = createSendCall(vendor, pipeline, upstream)

  const get = async (url: string, { signal = new AbortController().signal, parse = unchanged }: GetOptions = {}) => {
    const operation = {
      requestId: 'r',
      caller: anonymousCaller({ address: 'somewhere' }),
      now: clock.now(),
      deadline: clock.elapsed() + 5_000,
      signal,
      timeSlice: endlessTimeSlice,
    }
    return pipeline.runForOperation(operation, (context) =>
      call({ what: 'the list', resource: 'lists', url: new URL(url), context, parse }),
    )
  }

  return {
    clock,
    lines,
    get,
    failure: (url) => whileTimePasses(clock, failureOf(get(url))),
    close: () => transport.close(),
  }
}

/** Returns the reason that a promise is rejected with. @throws when it is fulfilled */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('the promise was fulfilled')
}
