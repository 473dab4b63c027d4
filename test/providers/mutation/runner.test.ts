import { beforeEach, describe, expect, it } from '@jest/globals'
import { InputError } from '../../../src/input-error.ts'
import type { Operation } from '../../../src/operation.ts'
import { CertificateConflictError, CertificateLastActiveError } from '../../../src/providers/mutation/error.ts'
import type { Attempt, Mutation } from '../../../src/providers/mutation/mutation.ts'
import { createMutationRunner } from '../../../src/providers/mutation/runner.ts'
import type { WritableClient } from '../../../src/providers/mutation/send.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { PendingWork } from '../../../src/upstream/concurrency.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { type IdempotencyStore, MemoryIdempotencyStore } from '../../../src/upstream/idempotency-store.ts'
import { ProcessLeases } from '../../../src/upstream/process-leases.ts'
import { defaultSettings } from '../../../src/upstream/settings.ts'
import { LeaseLostError, LeaseUnavailableError, type SharedLease } from '../../../src/upstream/shared-lease.ts'
import { createCallContext } from '../../support/call-context.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createTestLog } from '../../support/test-log.ts'

interface Input {
  readonly id: string
  readonly dryRun?: boolean
  readonly idempotencyKey?: string
}

interface Account {
  readonly client: WritableClient
}

interface Change {
  readonly id: string
  readonly isGuarded: boolean
}

interface Result {
  readonly id: string
  readonly from: string
}

/** The steps that ran, in order. */
let steps: string[]
let recordedChanges: number
let log: ReturnType<typeof createTestLog>
beforeEach(() => {
  steps = []
  recordedChanges = 0
  log = createTestLog()
})

const account: Account = {
  client: {
    pipeline: { runChange: (_operation, work) => work(createCallContext()) },
    changes: {
      async record() {
        recordedChanges += 1
      },
    },
    requests: new MemoryIdempotencyStore(createManualClock()),
  },
}

const upstream = { clock: createManualClock(), settings: defaultSettings }

function operationOf(places: readonly string[] | null = null): Operation {
  return {
    requestId: 'r1',
    caller: { name: 'ops', permissions: new Set(), places: places && new Set(places), isIdentified: true },
    now: 1_000,
    deadline: 2_000,
    signal: new AbortController().signal,
    timeSlice: endlessTimeSlice,
  }
}

/** A mutation at an invented vendor, with some of its steps replaced. */
function mutationWith(
  replaced: Partial<Mutation<Input, Account, Change, Result>> = {},
): Mutation<Input, Account, Change, Result> {
  const step =
    (from: string) =>
    async ({ change }: Attempt<Account, Change>) => {
      steps.push(`${from}${change.isGuarded ? ', guarded' : ''}`)
      return { id: change.id, from }
    }
  return {
    name: 'replaceCertificate',
    check({ id }) {
      steps.push('check')
      return { id, isGuarded: false }
    },
    async guard({ change }) {
      steps.push('guard')
      return { ...change, isGuarded: true }
    },
    preview: step('preview'),
    send: step('send'),
    // The lists show the change only after it was sent.
    verify: async (attempt) => {
      const found = await step('verify')(attempt)
      return attempt.earlier === 'unrecorded' ? null : found
    },
    ...replaced,
  }
}

function run(
  mutation: Mutation<Input, Account, Change, Result>,
  { input = { id: 'c1' }, operation = operationOf(), writes = true }: RunOptions = {},
) {
  const { run: runMutation } = createMutationRunner(
    { subject: ({ id }: Input) => ({ certificateId: id }), findAccount: async () => account },
    { writes, ...upstream, log: log.log, pendingWork: new PendingWork() },
  )
  return runMutation(mutation, input, operation)
}

interface RunOptions {
  readonly input?: Input
  readonly operation?: Operation
  readonly writes?: boolean
}

const audits = () => log.lines.filter(({ audit }) => audit !== undefined)
const forbidden = new UpstreamError('UPSTREAM_FORBIDDEN', 'Registry answered 403: see c9', { httpStatus: 403 })

/** A send whose call fails after it has left. */
const failing =
  (error: UpstreamError): Mutation<Input, Account, Change, Result>['send'] =>
  async (_attempt, context) => {
    context.onCall?.()
    context.onCallFailed?.(error)
    throw error
  }

describe('the runner of mutations', () => {
  it('checks, guards and sends the change that the guard returns', async () => {
    expect(await run(mutationWith())).toEqual({ id: 'c1', from: 'send', dryRun: false })
    expect(steps).toEqual(['check', 'guard', 'send, guarded'])
    expect(recordedChanges).toBe(1)
  })

  it('checks, guards and previews in a dry run, and sends nothing', async () => {
    expect(await run(mutationWith(), { input: { id: 'c1', dryRun: true } })).toEqual({
      id: 'c1',
      from: 'preview',
      dryRun: true,
    })
    expect(steps).toEqual(['check', 'guard', 'preview, guarded'])
    expect(recordedChanges).toBe(0)
  })

  it('returns what verify finds after a lost response', async () => {
    const lost = new UpstreamError('UPSTREAM_TIMEOUT', 'Registry did not answer in time')
    expect(await run(mutationWith({ send: failing(lost) }))).toMatchObject({ from: 'verify' })
    expect(steps).toEqual(['check', 'guard', 'verify, guarded'])
  })

  it('does not verify a change that the vendor refused', async () => {
    await expect(run(mutationWith({ send: failing(forbidden) }))).rejects.toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
    expect(steps).toEqual(['check', 'guard'])
  })

  it('refuses every mutation before its check when writes are disabled', async () => {
    await expect(run(mutationWith(), { writes: false })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(steps).toEqual([])
  })

  it('turns the errors of the steps into mutation errors', async () => {
    const check = () => {
      throw new InputError('input.id: blank')
    }
    await expect(run(mutationWith({ check }))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    const guard = async () => {
      throw new CertificateConflictError('c1 is active')
    }
    await expect(run(mutationWith({ guard }))).rejects.toMatchObject({ message: 'c1 is active' })
  })

  it('hides the vendor’s words from a caller with a list of places', async () => {
    const guard = async ({ report }: Attempt<Account, Change>) => {
      throw new CertificateConflictError(`not known: ${report(forbidden)}`)
    }
    for (const mutation of [mutationWith({ guard }), mutationWith({ send: failing(forbidden) })]) {
      await expect(run(mutation)).rejects.toMatchObject({ message: expect.stringContaining('see c9') })
      await expect(run(mutation, { operation: operationOf(['p1']) })).rejects.toMatchObject({
        message: expect.not.stringContaining('c9'),
      })
    }
  })

  describe('with a lease', () => {
    const required = (lease: SharedLease) =>
      mutationWith({ lease: () => ({ lease, unavailable: () => new CertificateLastActiveError('not known') }) })
    const unavailable: SharedLease = {
      run: async (_signal, work, { isOptional } = {}) => {
        if (!isOptional) throw new LeaseUnavailableError('Redis is not available')
        steps.push('alone')
        return work(
          new AbortController().signal,
          () => {},
          async () => {},
        )
      },
      tryRun: async () => null,
      readNote: async () => null,
    }
    /** A lease that is lost when the change is sent the second time, or the first. */
    const lostAt = (attempt: number): SharedLease => {
      let sent = 0
      const assertHeld = () => {
        sent += 1
        if (sent >= attempt) throw new LeaseLostError()
      }
      return { ...unavailable, run: (_signal, work) => work(new AbortController().signal, assertHeld, async () => {}) }
    }
    const sending: Mutation<Input, Account, Change, Result>['send'] = async ({ change: { id } }, context) => {
      context.onCall?.()
      steps.push('send')
      return { id, from: 'send' }
    }

    it('runs guard and send of two mutations one after the other', async () => {
      const mutation = required(new ProcessLeases().get('account'))
      await Promise.all([run(mutation), run(mutation)])
      expect(steps).toEqual(['check', 'check', 'guard', 'send, guarded', 'guard', 'send, guarded'])
    })

    it('needs none for a dry run', async () => {
      await run(required(unavailable), { input: { id: 'c1', dryRun: true } })
      expect(steps).toEqual(['check', 'guard', 'preview, guarded'])
    })

    it('sends nothing when it cannot be acquired and is required', async () => {
      await expect(run(required(unavailable))).rejects.toMatchObject({ code: 'LAST_ACTIVE_CERTIFICATE' })
      expect(steps).toEqual(['check'])
    })

    it('finds the change of an earlier request also when the lease cannot be acquired', async () => {
      const input = { id: 'c1', idempotencyKey: 'made earlier' }
      const inconclusive = new UpstreamError('UPSTREAM_TIMEOUT', 'Registry did not answer in time')
      const unknown = mutationWith({ send: failing(inconclusive), verify: async () => null })
      await expect(run(unknown, { input })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
      expect(await run(required(unavailable), { input })).toMatchObject({ from: 'verify' })
    })

    it('sends the change without it when it is not required', async () => {
      await run(mutationWith({ lease: () => ({ lease: unavailable, unavailable: null }) }))
      expect(steps).toEqual(['check', 'alone', 'guard', 'send, guarded'])
    })

    it('sends nothing when it was lost before the call, and a repeat runs as if it were the first', async () => {
      const input = { id: 'c1', idempotencyKey: 'lost lease' }
      const mutation = { ...required(lostAt(1)), send: sending }
      await expect(run(mutation, { input })).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
        message: expect.stringMatching(/did not renew its lease in time; nothing was changed/),
      })
      expect(steps).toEqual(['check', 'verify', 'guard'])
      expect(audits()).toMatchObject([{ result: 'UPSTREAM_TIMEOUT' }])
      expect(await run(mutationWith({ send: sending }), { input })).toMatchObject({ from: 'send' })
    })

    it('does not repeat a call that did not arrive when the lease was lost meanwhile', async () => {
      const input = { id: 'c1', idempotencyKey: 'lost later' }
      const send: typeof sending = async (attempt, context) => {
        context.onCall?.()
        const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
        context.onCallFailed?.(new UpstreamError('UPSTREAM_UNAVAILABLE', 'no connection', {}, refused))
        return sending(attempt, context)
      }
      await expect(run({ ...required(lostAt(2)), send }, { input })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
      expect(steps).not.toContain('send')
      expect(await run(mutationWith({ send: sending }), { input })).toMatchObject({ from: 'send' })
    })

    it('ends its wait with the operation, and sends nothing', async () => {
      const lease = new ProcessLeases().get('account')
      let release = () => {}
      const held = lease.run(
        new AbortController().signal,
        () =>
          new Promise<void>((resolve) => {
            release = resolve
          }),
      )
      const leaving = new AbortController()
      const waiting = run(required(lease), { operation: { ...operationOf(), signal: leaving.signal } })
      leaving.abort()
      await expect(waiting).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
        message: expect.stringContaining('nothing was changed'),
      })
      release()
      await held
      expect(steps).toEqual(['check'])
    })
  })

  it('stores no result with more than data, and looks for its change before a repeat is sent', async () => {
    const send = async () => ({ id: 'c1', from: 'send', at: new Date(0) })
    const mutation = mutationWith({ send })
    const input = { id: 'c1', idempotencyKey: 'with a date' }
    expect(await run(mutation, { input })).toMatchObject({ from: 'send' })
    expect(await run(mutation, { input })).toMatchObject({ from: 'verify' })
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 50, msg: 'the result of a mutation was not stored for its repeats' }),
    )
  })

  it('returns a result with its account to a repeat', async () => {
    const mutation = mutationWith({ send: async () => ({ id: 'c1', from: 'send', places: [account] }) })
    const input = { id: 'c1', idempotencyKey: 'with an account' }
    await run(mutation, { input })
    expect(await run(mutation, { input })).toEqual({ id: 'c1', from: 'send', places: [account], dryRun: false })
  })

  it('does not send a change whose request another one has taken over', async () => {
    const requests: IdempotencyStore = {
      acquire: async () => ({ record: null, lease: { save: async () => 'lost', release: async () => {} } }),
    }
    const taken = { client: { ...account.client, requests } }
    const { run: runMutation } = createMutationRunner(
      { subject: () => ({}), findAccount: async () => taken },
      { writes: true, ...upstream, log: log.log, pendingWork: new PendingWork() },
    )
    const input = { id: 'c1', idempotencyKey: 'k' }
    await expect(runMutation(mutationWith(), input, operationOf())).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    expect(steps).toEqual(['check', 'verify', 'guard'])
  })

  it('does not send a change whose request cannot be remembered', async () => {
    const requests: IdempotencyStore = {
      acquire: async () => ({ record: null, lease: { save: async () => 'full', release: async () => {} } }),
    }
    const full = { client: { ...account.client, requests } }
    const { run: runMutation } = createMutationRunner(
      { subject: () => ({}), findAccount: async () => full },
      { writes: true, ...upstream, log: log.log, pendingWork: new PendingWork() },
    )
    await expect(runMutation(mutationWith(), { id: 'c1', idempotencyKey: 'k' }, operationOf())).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/cannot be kept.*nothing was sent/),
    })
    expect(steps).not.toContain('send, guarded')
  })

  it('looks for the change before it is sent with a key that has no record, and sends nothing when it is made', async () => {
    const sent = mutationWith({ verify: async ({ change: { id } }) => ({ id, from: 'verify' }) })
    const input = { id: 'c1', idempotencyKey: 'lost' }
    expect(await run(sent, { input })).toMatchObject({ from: 'verify' })
    expect(recordedChanges).toBe(1)
    const failing = mutationWith({ verify: () => Promise.reject(new UpstreamError('UPSTREAM_UNAVAILABLE', 'down')) })
    await expect(run(failing, { input: { ...input, idempotencyKey: 'down' } })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    })
    expect(steps).toEqual(['check', 'check'])
  })

  it('writes one audit line with an unknown outcome when the process ends before the answer', async () => {
    const pendingWork = new PendingWork()
    let fail = (_error: Error) => {}
    const send: Mutation<Input, Account, Change, Result>['send'] = (_attempt, context) => {
      context.onCall?.()
      return new Promise((_resolve, reject) => {
        fail = reject
      })
    }
    const { run: runMutation } = createMutationRunner(
      { subject: ({ id }: Input) => ({ certificateId: id }), findAccount: async () => account },
      { writes: true, ...upstream, log: log.log, pendingWork },
    )
    const made = runMutation(mutationWith({ send }), { id: 'c1' }, operationOf())
    await new Promise(setImmediate)
    pendingWork.abandon()
    fail(forbidden)
    await expect(made).rejects.toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
    expect(audits()).toEqual([expect.objectContaining({ certificateId: 'c1', result: 'OUTCOME_UNKNOWN' })])
  })

  it('writes an audit line with the ids of the input and those that the vendor assigned', async () => {
    await run(mutationWith({ assignedIds: () => ({ newId: 'c2' }) }))
    await run(mutationWith({ send: failing(forbidden) }), { input: { id: 'not an id' } }).catch(() => {})
    const line = { audit: 'replaceCertificate', caller: 'ops', requestId: 'r1', dryRun: false }
    expect(audits()).toEqual([
      expect.objectContaining({ ...line, certificateId: 'c1', newId: 'c2', result: 'OK' }),
      expect.objectContaining({ ...line, certificateId: '(not an id)', result: 'UPSTREAM_FORBIDDEN' }),
    ])
  })
})
