import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../../src/sandbox/fault.ts'
import {
  issueAuthority,
  type Result,
  readCertificates,
  sentOnce,
  startWriting,
  type Verb,
  verbs,
  type Writing,
} from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import type { StackOptions } from '../../../support/stack.ts'
import { until } from '../../../support/until.ts'

let writing: Writing
/** Starts one program for all tests of a describe. */
function shareProgram(): void {
  beforeAll(async () => {
    writing = await startWriting()
  })
  beforeEach(() => writing.reset())
  afterAll(() => writing.close())
}
/** Starts a program for each test of a describe whose tests leave calls in flight. */
function startPerTest(options?: StackOptions): void {
  beforeEach(async () => {
    writing = await startWriting(options)
  })
  afterEach(() => writing.close())
}

const failReads = (effect: Effect) =>
  writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect })

/** The timeout of a call. */
const callTimeout = 10_000

const make = (verb: Verb, input: object): Promise<Result> =>
  whileTimePasses(writing.stack.clock, writing.mutate(verb, input), callTimeout)

describe('a change whose response is lost', () => {
  shareProgram()

  it.each(
    verbs.flatMap((verb) =>
      [
        { applied: 'reset' },
        { applied: 'hang' },
        { applied: { status: 524 } },
        { applied: { status: 408 } },
        { applied: { status: 200, body: 'ok' } },
      ].map((effect) => [verb, effect] as const),
    ),
  )('succeeds when the lists show it: %s after %o', async (verb, effect) => {
    writing.failWrites(effect as Effect)
    const result = await make(verb, await writing.inputFor(verb))
    expect(result.__typename).toMatch(/Success$/)
    const shown = await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))
    for (const certificate of [result.certificate ?? [], result.certificates ?? []].flat())
      expect(shown.get(certificate.certificateId)).toEqual(certificate)
    if (sentOnce.includes(verb)) expect(writing.writes()).toHaveLength(1)
  })

  it.each(sentOnce)('has an unknown outcome and is not retried when it did not arrive: %s', async (verb) => {
    const before = await readCertificates(writing.stack)
    for (const effect of ['reset', 'hang'] as const) {
      writing.failWrites(effect)
      expect(await make(verb, await writing.inputFor(verb))).toMatchObject({
        __typename: 'CertificateOutcomeUnknownError',
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringMatching(/^OpenAI .* not known.*Check before you repeat it\.$/),
      })
    }
    expect(writing.writes()).toHaveLength(2)
    expect(await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))).toEqual(before)
  })

  it.each(sentOnce)('has an unknown outcome when the lists cannot be read: %s', async (verb) => {
    const input = await writing.inputFor(verb)
    writing.failWrites({ applied: 'reset' })
    failReads({ status: 403, body: { error: 'No.' } })
    const result = await make(verb, input)
    expect(result).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
    expect(result.message).toContain('OpenAI answered 403')
    expect(writing.writes()).toHaveLength(1)
  })

  it('has an unknown outcome when the same certificate was uploaded long ago', async () => {
    const content = await issueAuthority(writing.stack.clock.now())
    await make('upload', { content })
    writing.stack.clock.advance(3_600_000)
    writing.failWrites('reset')
    expect(await make('upload', { content })).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
  })
})

describe('a change that fails at the vendor', () => {
  startPerTest()

  it.each(sentOnce)('returns the error and is not retried: %s', async (verb) => {
    writing.failWrites({ status: 500 })
    expect(await make(verb, await writing.inputFor(verb))).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_UNAVAILABLE',
    })
    expect(writing.writes()).toHaveLength(1)
  })

  it.each<Verb>(['activate', 'deactivate'])('is retried when it is documented as idempotent: %s', async (verb) => {
    writing.failWrites({ status: 503 }, 2)
    expect((await make(verb, await writing.inputFor(verb))).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(3)
  })

  it('has a known outcome when no connection was made', async () => {
    const input = await writing.inputFor('upload')
    await writing.stack.openai.emulator.close()
    expect(await make('upload', input)).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_UNAVAILABLE',
    })
  })

  it('is not sent while the circuit is open', async () => {
    const mend = failReads({ status: 500 })
    for (let failed = 0; failed < 5; failed += 1) {
      await whileTimePasses(
        writing.stack.clock,
        writing.stack.ask(`{ openAIOrganization(id: "org_bluequay") { source { status } } }`),
      )
      writing.stack.clock.advance(11_000)
    }
    mend()
    expect(await make('rename', await writing.inputFor('rename'))).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_CIRCUIT_OPEN',
    })
    expect(writing.writes()).toEqual([])
  })
})

describe('a change whose client does not wait', () => {
  startPerTest()

  it('is completed and logged once it is sent, and the next list shows it', async () => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    writing.stack.openai.emulator.latency = 200
    const leaving = new AbortController()
    const document =
      'mutation ($input: RenameOpenAICertificateInput!) { renameOpenAICertificate(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateId, name: 'Renamed' }
    const response = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes().length === 1)
    leaving.abort()
    await expect(response).rejects.toThrow()
    await until(() => writing.stack.log.some(({ audit }) => audit === 'renameOpenAICertificate'))
    expect(writing.writes()[0]).toMatchObject({ status: 200, aborted: false })
    expect(writing.stack.log).toContainEqual(expect.objectContaining({ certificateId, result: 'OK' }))
    expect((await readCertificates(writing.stack)).get(certificateId)?.name).toBe('Renamed')
  })

  it('has an unknown outcome at the deadline, and an audit line when the outcome is known', async () => {
    await writing.close()
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '1s' } }),
    })
    writing.failWrites('hang')
    const response = writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(1_000)
    expect(await response).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
    expect(writing.audits()).toEqual([])
    writing.stack.clock.advance(9_000)
    await until(() => writing.audits().length > 0)
    expect(writing.audits()).toEqual([expect.objectContaining({ result: 'OUTCOME_UNKNOWN' })])
  })

  it('is not sent when the operation ends while it is queued', async () => {
    await writing.close()
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '1s', concurrency: 1 } }),
    })
    failReads('hang')
    const reading = writing.stack.ask('{ openAIOrganization(id: "org_bluequay") { source { status } } }')
    await until(() => writing.stack.openai.emulator.calls.length === 1)
    const { pendingSleeps } = writing.stack.clock
    const response = writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    await until(() => writing.stack.clock.pendingSleeps > pendingSleeps)
    writing.stack.clock.advance(1_000)
    expect(await response).toMatchObject({ __typename: 'CertificateUpstreamError', code: 'UPSTREAM_TIMEOUT' })
    await reading
    expect(writing.writes()).toEqual([])
  })
})

describe('a change that is retried after a lost response', () => {
  startPerTest()

  const readActive = async (id: string) => (await readCertificates(writing.stack)).get(id)?.active

  it.each<Effect>([
    { status: 429, headers: { 'retry-after': '60' } },
    { status: 403, body: { error: 'No.' } },
    { status: 404, body: {} },
  ])('succeeds if the retry fails with %o but the lists show the change', async (effect) => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    // The latest fault comes first.
    writing.failWrites(effect)
    writing.failWrites({ applied: 'reset' })
    expect((await make('activate', { certificateIds: [certificateId] })).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(2)
    expect(await readActive(certificateId)).toBe(true)
    expect(writing.audits().map(({ result }) => result)).toEqual(['OK'])
  })

  it('has an unknown outcome if the retry fails and the lists do not show the change', async () => {
    writing.failWrites({ status: 404, body: {} })
    writing.failWrites('reset')
    expect(await make('activate', { certificateIds: [writing.idOf('Load tests')] })).toMatchObject({
      __typename: 'CertificateOutcomeUnknownError',
    })
  })

  it('is shown by the next list after its client disconnected', async () => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    writing.failWrites({ applied: { status: 503 } })
    const leaving = new AbortController()
    const document =
      'mutation ($input: ActivateOpenAICertificatesInput!) { activateOpenAICertificates(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateIds: [certificateId] }
    const response = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes()[0]?.status === 503)
    leaving.abort()
    await expect(response).rejects.toThrow()
    await whileTimePasses(writing.stack.clock, (async () => until(() => writing.audits().length > 0))())
    expect(writing.audits().map(({ result }) => result)).not.toContain('INTERNAL_SERVER_ERROR')
    expect(await readActive(certificateId)).toBe(true)
  })
})

describe('after a change with an unknown outcome', () => {
  startPerTest()

  it('the lists are read again, and show a change that arrives late', async () => {
    const certificateId = writing.idOf('Load tests')
    writing.failWrites('hang')
    expect(await make('rename', { certificateId, name: 'Late' })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    for (const certificate of writing.organization.certificates)
      if (certificate.id === certificateId) certificate.name = 'Late'
    expect((await readCertificates(writing.stack)).get(certificateId)?.name).toBe('Late')
  })
})

describe('a lost response is not a success', () => {
  startPerTest()

  it('because the same certificate was uploaded before', async () => {
    const content = await issueAuthority(writing.stack.clock.now())
    await make('upload', { content, name: 'New clients' })
    for (const name of ['New clients', 'Other clients']) {
      writing.failWrites('reset')
      expect(await make('upload', { content, name })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    }
  })

  it('because there was nothing to delete', async () => {
    writing.failWrites('reset')
    expect(await make('delete', { certificateId: 'cert_never' })).toMatchObject({ code: 'UPSTREAM_NOT_FOUND' })
    expect(writing.writes()).toEqual([])
    writing.stack.clock.advance(11_000)
    failReads({ status: 403, body: { error: 'No.' } })
    expect(await make('delete', { certificateId: 'cert_never' })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })
})

describe('a program that stops', () => {
  startPerTest()

  it('waits for a change that was sent and writes its audit line', async () => {
    writing.stack.openai.emulator.latency = 200
    const leaving = new AbortController()
    const document =
      'mutation ($input: RenameOpenAICertificateInput!) { renameOpenAICertificate(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateId: writing.idOf('Load tests'), name: 'Renamed' }
    const response = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes().length === 1)
    leaving.abort()
    await expect(response).rejects.toThrow()
    await writing.close()
    expect(writing.audits().map(({ result }) => result)).toEqual(['OK'])
    expect(writing.writes()[0]).toMatchObject({ status: 200, aborted: false })
    writing = await startWriting()
  })
})
