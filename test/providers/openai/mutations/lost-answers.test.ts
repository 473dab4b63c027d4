import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../../src/sandbox/fault.ts'
import {
  issueAuthority,
  type Result,
  readCertificates,
  startWriting,
  type Verb,
  type Writing,
} from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { until } from '../../../support/until.ts'

let writing: Writing
beforeEach(async () => {
  writing = await startWriting()
})
afterEach(() => writing.close())

/** Strikes calls that change something, as often as told. */
const strikeWrites = (effect: Effect, times = 1) =>
  writing.stack.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect, times })
const strikeReads = (effect: Effect) =>
  writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect })

/** Longer than a call may take. */
const patient = 10_000

const make = (verb: Verb, input: object): Promise<Result> =>
  whileTimePasses(writing.stack.clock, writing.mutate(verb, input), patient)

async function inputFor(verb: Verb): Promise<object> {
  const certificateId = writing.idOf('Load tests')
  switch (verb) {
    case 'upload':
      return { content: await issueAuthority(writing.stack.clock.now()), name: 'New clients' }
    case 'rename':
      return { certificateId, name: 'Load tests, old' }
    case 'delete':
      return { certificateId }
    case 'activate':
      return { certificateIds: [certificateId] }
    case 'deactivate':
      return { certificateIds: [writing.idOf('Batch workers')] }
  }
}

const verbs: readonly Verb[] = ['upload', 'rename', 'delete', 'activate', 'deactivate']
const once: readonly Verb[] = ['upload', 'rename', 'delete']

describe('a change whose answer is lost', () => {
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
  )('is found to have been made: %s, %o', async (verb, effect) => {
    strikeWrites(effect as Effect)
    const result = await make(verb, await inputFor(verb))
    expect(result.__typename).toMatch(/Success$/)
    const shown = await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))
    for (const certificate of [result.certificate ?? [], result.certificates ?? []].flat())
      expect(shown.get(certificate.certificateId)).toEqual(certificate)
    if (once.includes(verb)) expect(writing.writes()).toHaveLength(1)
  })

  it.each(once)(
    'and that did not arrive is of unknown outcome, sent once, and repeated by nobody: %s',
    async (verb) => {
      const before = await readCertificates(writing.stack)
      for (const effect of ['reset', 'hang'] as const) {
        strikeWrites(effect)
        expect(await make(verb, await inputFor(verb))).toMatchObject({
          __typename: 'CertificateOutcomeUnknownError',
          code: 'OUTCOME_UNKNOWN',
          message: expect.stringMatching(/^OpenAI .* not known.*Check before you repeat it\.$/),
        })
      }
      expect(writing.writes()).toHaveLength(2)
      expect(await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))).toEqual(before)
    },
  )

  it.each(once)('and that cannot be looked for is of unknown outcome: %s', async (verb) => {
    const input = await inputFor(verb)
    strikeWrites({ applied: 'reset' })
    strikeReads({ status: 403, body: { error: 'No.' } })
    const result = await make(verb, input)
    expect(result).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
    expect(result.message).toContain('OpenAI answered 403')
    expect(writing.writes()).toHaveLength(1)
  })

  it('is not taken for another upload of the same certificate long ago', async () => {
    const content = await issueAuthority(writing.stack.clock.now())
    await make('upload', { content })
    writing.stack.clock.advance(3_600_000)
    strikeWrites('reset')
    expect(await make('upload', { content })).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
  })
})

describe('a change that the vendor fails to make', () => {
  it.each(once)('is no success and sent once: %s', async (verb) => {
    strikeWrites({ status: 500 })
    expect(await make(verb, await inputFor(verb))).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_UNAVAILABLE',
    })
    expect(writing.writes()).toHaveLength(1)
  })

  it.each<Verb>(['activate', 'deactivate'])(
    'is sent again where that is documented to be the same: %s',
    async (verb) => {
      strikeWrites({ status: 503 }, 2)
      expect((await make(verb, await inputFor(verb))).__typename).toMatch(/Success$/)
      expect(writing.writes()).toHaveLength(3)
    },
  )

  it('was never made when nobody could be reached', async () => {
    const input = await inputFor('upload')
    await writing.stack.openai.emulator.close()
    expect(await make('upload', input)).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_UNAVAILABLE',
    })
  })

  it('is not even sent while the vendor is left alone', async () => {
    const mend = strikeReads({ status: 500 })
    for (let failed = 0; failed < 5; failed += 1) {
      await whileTimePasses(
        writing.stack.clock,
        writing.stack.ask(`{ openAIOrganization(id: "org_bluequay") { source { status } } }`),
      )
      writing.stack.clock.advance(11_000)
    }
    mend()
    expect(await make('rename', await inputFor('rename'))).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_CIRCUIT_OPEN',
    })
    expect(writing.writes()).toEqual([])
  })
})

const audits = () => writing.stack.log.filter(({ audit }) => audit !== undefined)

describe('a change whose client does not wait', () => {
  it('goes on once it is sent, is in the log, and is shown by the next list', async () => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    writing.stack.openai.emulator.latency = 200
    const leaving = new AbortController()
    const document =
      'mutation ($input: RenameOpenAICertificateInput!) { renameOpenAICertificate(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateId, name: 'Renamed' }
    const asked = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes().length === 1)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await until(() => writing.stack.log.some(({ audit }) => audit === 'renameOpenAICertificate'))
    expect(writing.writes()[0]).toMatchObject({ status: 200, aborted: false })
    expect(writing.stack.log).toContainEqual(expect.objectContaining({ certificateId, result: 'OK' }))
    expect((await readCertificates(writing.stack)).get(certificateId)?.name).toBe('Renamed')
  })

  it('is of unknown outcome at the end of the operation, which the log tells when it is known', async () => {
    await writing.close()
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '1s' } }),
    })
    strikeWrites('hang')
    const asked = writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(1_000)
    expect(await asked).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
    expect(audits()).toEqual([])
    writing.stack.clock.advance(9_000)
    await until(() => audits().length > 0)
    expect(audits()).toEqual([expect.objectContaining({ result: 'OUTCOME_UNKNOWN' })])
  })

  it('is not sent any more when the operation ends before its turn', async () => {
    await writing.close()
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '1s', concurrency: 1 } }),
    })
    strikeReads('hang')
    const reading = writing.stack.ask('{ openAIOrganization(id: "org_bluequay") { source { status } } }')
    await until(() => writing.stack.openai.emulator.calls.length === 1)
    const { sleepers } = writing.stack.clock
    const asked = writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    await until(() => writing.stack.clock.sleepers > sleepers)
    writing.stack.clock.advance(1_000)
    expect(await asked).toMatchObject({ __typename: 'CertificateUpstreamError', code: 'UPSTREAM_TIMEOUT' })
    await reading
    expect(writing.writes()).toEqual([])
  })
})

describe('a change that is made again after a lost answer', () => {
  const readActive = async (id: string) => (await readCertificates(writing.stack)).get(id)?.active

  it.each<[Effect, string]>([
    [{ status: 429, headers: { 'retry-after': '60' } }, 'in time'],
    [{ status: 403, body: { error: 'No.' } }, 'with the right'],
    [{ status: 404, body: {} }, 'to what is there'],
  ])('and is then refused %o is found to have been made', async (refusal) => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    // Of two, the newest strikes first.
    strikeWrites(refusal)
    strikeWrites({ applied: 'reset' })
    expect((await make('activate', { certificateIds: [certificateId] })).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(2)
    expect(await readActive(certificateId)).toBe(true)
    expect(audits().map(({ result }) => result)).toEqual(['OK'])
  })

  it('and is then refused, and was not made, is of unknown outcome', async () => {
    strikeWrites({ status: 404, body: {} })
    strikeWrites('reset')
    expect(await make('activate', { certificateIds: [writing.idOf('Load tests')] })).toMatchObject({
      __typename: 'CertificateOutcomeUnknownError',
    })
  })

  it('is shown by the next list also when its client has left meanwhile', async () => {
    const certificateId = writing.idOf('Load tests')
    await readCertificates(writing.stack)
    strikeWrites({ applied: { status: 503 } })
    const leaving = new AbortController()
    const document =
      'mutation ($input: ActivateOpenAICertificatesInput!) { activateOpenAICertificates(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateIds: [certificateId] }
    const asked = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes()[0]?.status === 503)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await whileTimePasses(writing.stack.clock, (async () => until(() => audits().length > 0))())
    expect(audits().map(({ result }) => result)).not.toContain('INTERNAL_SERVER_ERROR')
    expect(await readActive(certificateId)).toBe(true)
  })
})

describe('after a change of unknown outcome', () => {
  it('whoever looks reads anew, and sees it arrive late', async () => {
    const certificateId = writing.idOf('Load tests')
    strikeWrites('hang')
    expect(await make('rename', { certificateId, name: 'Late' })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    for (const certificate of writing.organization.certificates)
      if (certificate.id === certificateId) certificate.name = 'Late'
    expect((await readCertificates(writing.stack)).get(certificateId)?.name).toBe('Late')
  })
})

describe('a lost answer is not taken for a success', () => {
  it('of an upload because the same certificate was uploaded before', async () => {
    const content = await issueAuthority(writing.stack.clock.now())
    await make('upload', { content, name: 'New clients' })
    for (const name of ['New clients', 'Other clients']) {
      strikeWrites('reset')
      expect(await make('upload', { content, name })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    }
  })

  it('of a deletion because there was nothing to delete', async () => {
    strikeWrites('reset')
    expect(await make('delete', { certificateId: 'cert_never' })).toMatchObject({ code: 'UPSTREAM_NOT_FOUND' })
    expect(writing.writes()).toEqual([])
    writing.stack.clock.advance(11_000)
    strikeReads({ status: 403, body: { error: 'No.' } })
    expect(await make('delete', { certificateId: 'cert_never' })).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })
})

describe('a program that stops', () => {
  it('waits for a change that was sent, and writes its line', async () => {
    writing.stack.openai.emulator.latency = 200
    const leaving = new AbortController()
    const document =
      'mutation ($input: RenameOpenAICertificateInput!) { renameOpenAICertificate(input: $input) { __typename } }'
    const input = { organizationId: 'org_bluequay', certificateId: writing.idOf('Load tests'), name: 'Renamed' }
    const asked = writing.stack.ask(document, { input }, leaving.signal)
    await until(() => writing.writes().length === 1)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await writing.close()
    expect(audits().map(({ result }) => result)).toEqual(['OK'])
    expect(writing.writes()[0]).toMatchObject({ status: 200, aborted: false })
    writing = await startWriting()
  })
})
