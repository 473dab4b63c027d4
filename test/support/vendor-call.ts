import { anonymousCaller } from '../../src/access/caller.ts'
import { createSendCall } from '../../src/upstream/call/call.ts'
import { createRateLimiter, ResiliencePipeline } from '../../src/upstream/call/resilience-pipeline.ts'
import type { VendorApi } from '../../src/upstream/call/vendor-api.ts'
import { PendingWork } from '../../src/upstream/concurrency.ts'
import type { UpstreamDependencies } from '../../src/upstream/dependencies.ts'
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
  /** Calls for a path of that server and hands its body over, parsed, for whoever has five seconds. */
  get(url: string, options?: GetOptions): Promise<unknown>
  /** How such a call ends that must not go well; what it waits for before it is made again passes. */
  failure(url: string): Promise<unknown>
  close(): Promise<void>
}

/** An account of a vendor that exists in these tests only. */
const account: VendorApi = {
  provider: 'EXAMPLE',
  brand: 'Example',
  authorize: () => ({ authorization: 'Bearer key-0815' }),
  secrets: () => ['key-0815'],
  parseJson: JSON.parse,
  parseError: (body) => ({ message: String(Object(body).message ?? '') }),
}

const asItIs = (body: unknown) => body

/** A caller over the real transport, on a clock that stands still. */
export function createTestCall(settings: Partial<UpstreamSettings> = {}, own: Partial<VendorApi> = {}): TestCall {
  const clock = createManualClock()
  const transport = createTransport()
  const { log, lines } = createTestLog()
  const upstream: UpstreamDependencies = {
    clock,
    transport,
    settings: { ...defaultSettings, ...settings },
    log,
    redact: createRedactor(['of-another-account']),
    writes: false,
    pendingWork: new PendingWork(),
    replicas: createSoleReplica(clock),
  }
  const vendor = { ...account, ...own }
  const line = new ResiliencePipeline(upstream, vendor, createRateLimiter(upstream, ['EXAMPLE']))
  const call = createSendCall(vendor, line, upstream)

  const get = async (url: string, { signal = new AbortController().signal, parse = asItIs }: GetOptions = {}) => {
    const operation = {
      requestId: 'r',
      caller: anonymousCaller({ address: 'somewhere' }),
      now: clock.now(),
      deadline: clock.elapsed() + 5_000,
      signal,
    }
    return line.runForOperation(operation, (context) =>
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

/** How a promise that must not resolve ended. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
