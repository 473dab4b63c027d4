import type { Account } from '../../src/upstream/account.ts'
import { type Caller, createCaller } from '../../src/upstream/call.ts'
import { createRedactor } from '../../src/upstream/redact.ts'
import { defaultSettings, type UpstreamSettings } from '../../src/upstream/settings.ts'
import { createTransport } from '../../src/upstream/transport.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { createTestLog } from '../test-log.ts'

export interface TestCaller {
  readonly call: Caller
  readonly clock: ManualClock
  /** The log so far. */
  readonly lines: readonly Record<string, unknown>[]
  /** Calls for a path of that server and hands its body over. */
  get(url: string, signal?: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

/** An account of a vendor that exists in these tests only. */
const account: Account = {
  provider: 'EXAMPLE',
  brand: 'Example',
  authorize: () => ({ authorization: 'Bearer key-0815' }),
  secrets: () => ['key-0815'],
  parseJson: JSON.parse,
  parseError: (body) => ({ message: String(Object(body).message ?? '') }),
}

/** A caller over the real transport, on a clock that stands still. */
export function createTestCaller(settings: Partial<UpstreamSettings> = {}, own: Partial<Account> = {}): TestCaller {
  const clock = createManualClock()
  const transport = createTransport()
  const { log, lines } = createTestLog()
  const upstream = {
    clock,
    transport,
    settings: { ...defaultSettings, ...settings },
    log,
    redact: createRedactor(['of-another-account']),
  }
  const call = createCaller({ ...account, ...own }, upstream)
  return {
    call,
    clock,
    lines,
    get: (url, signal = new AbortController().signal) =>
      call({ what: 'the list', url: new URL(url), signal, parse: (body) => body }),
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
