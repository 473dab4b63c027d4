import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { digestOf } from '../../../support/callers.ts'
import {
  issueAuthority,
  organizationId,
  type Result,
  readCertificates,
  sentOnce,
  startWriting,
  type Verb,
  verbs,
  type Writing,
} from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { type GraphQLAnswer, startProgram } from '../../../support/program.ts'
import { until } from '../../../support/until.ts'

let writing: Writing
const idempotencyKey = '8e03978e-40d5-43dd-bc93-6894a57f9324'
const callTimeout = 10_000
const day = 86_400_000

const make = (verb: Verb, input: object): Promise<Result> =>
  whileTimePasses(writing.stack.clock, writing.mutate(verb, { idempotencyKey, ...input }), callTimeout)

const mismatch = {
  __typename: 'CertificateInvalidInputError',
  code: 'BAD_USER_INPUT',
  message: expect.stringMatching(/^input.idempotencyKey: was used with another input/),
}

describe('a mutation with an idempotency key', () => {
  beforeAll(async () => {
    writing = await startWriting()
  })
  beforeEach(() => writing.reset())
  afterAll(() => writing.close())

  it.each(verbs)('returns its first result for 24 hours and is sent once: %s', async (verb) => {
    const input = await writing.inputFor(verb)
    const first = await make(verb, input)
    expect(first.__typename).toMatch(/Success$/)
    writing.stack.clock.advance(day - 60_000)
    expect(await make(verb, input)).toEqual(first)
    expect(writing.writes()).toHaveLength(1)
    expect(writing.audits()).toEqual([
      expect.not.objectContaining({ repeated: true }),
      expect.objectContaining({ repeated: true, result: 'OK' }),
    ])
  })

  it('runs again after 24 hours', async () => {
    const input = await writing.inputFor('delete')
    await make('delete', input)
    writing.stack.clock.advance(day)
    expect(await make('delete', input)).toMatchObject({ code: 'UPSTREAM_NOT_FOUND' })
  })

  it.each([[{ force: false }], [{ force: null }], [{}]])(
    'is the same when a flag has its default: %j',
    async (flag) => {
      const input = await writing.inputFor('deactivate')
      const first = await make('deactivate', { ...input, force: null })
      expect(await make('deactivate', { ...input, ...flag })).toEqual(first)
      expect(await make('deactivate', { ...input, force: true })).toMatchObject(mismatch)
      expect(writing.writes()).toHaveLength(1)
    },
  )

  it.each([
    ['', 'no characters'],
    ['k'.repeat(300), '300 characters'],
    ['ké', 'U+00E9 as character 2'],
    ['a\nb', 'U+000A as character 2'],
  ])('names what is wrong with an invalid key: %j', async (key, problem) => {
    const input = { ...(await writing.inputFor('rename')), idempotencyKey: key }
    expect((await make('rename', input)).message).toBe(
      `input.idempotencyKey: ${problem}; expected 1 to 255 printable ASCII characters`,
    )
  })

  it('is the same when members have another order, or are null instead of absent', async () => {
    const { certificateIds } = (await writing.inputFor('activate')) as { certificateIds: readonly string[] }
    const first = await make('activate', { certificateIds })
    expect(await make('activate', { dryRun: false, projectId: null, certificateIds })).toEqual(first)
    expect(writing.writes()).toHaveLength(1)
  })

  it('returns the first result of an upload whose content is no longer accepted', async () => {
    const notAfter = new Date(writing.stack.clock.now() + 1.5 * day)
    const input = { content: await issueAuthority(writing.stack.clock.now(), { notAfter }) }
    const first = await make('upload', input)
    writing.stack.clock.advance(0.9 * day)
    expect(await make('upload', input)).toEqual(first)
    expect(await make('upload', { ...input, idempotencyKey: 'other' })).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it.each([
    [409, 'CertificateConflictError'],
    [404, 'CertificateNotFoundError'],
    [403, 'CertificateForbiddenError'],
    [400, 'CertificateUpstreamError'],
  ])('returns the error of a vendor that decided about the change: %i', async (status, typename) => {
    writing.failWrites({ status, body: { error: { message: 'No.' } } })
    const input = await writing.inputFor('rename')
    const first = await make('rename', input)
    expect(first).toMatchObject({ __typename: typename, message: expect.stringContaining(`${status}`) })
    expect(await make('rename', input)).toEqual(first)
    expect(writing.writes()).toHaveLength(1)
  })

  it.each([401, 429])('is sent again after the vendor rejected the call and not the change: %i', async (status) => {
    writing.failWrites({ status, headers: { 'retry-after': '1' } })
    const input = await writing.inputFor('rename')
    expect((await make('rename', input)).__typename).toMatch(/Error$/)
    writing.stack.clock.advance(day / 2)
    expect((await make('rename', input)).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(2)
  })

  it.each(verbs.flatMap((verb) => [500, 408].map((status) => [verb, status] as const)))(
    'is sent again after an outage when the lists do not show it: %s after %i',
    async (verb, status) => {
      writing.failWrites({ status }, 5)
      const input = await writing.inputFor(verb)
      expect((await make(verb, input)).__typename).toMatch(/Error$/)
      writing.stack.openai.emulator.reset()
      writing.stack.clock.advance(60_000)
      expect((await make(verb, input)).__typename).toMatch(/Success$/)
      expect(writing.writes()).toHaveLength(1)
    },
  )

  it.each(sentOnce)(
    'reads the list and sends nothing when it was made after its outcome was unknown: %s',
    async (verb) => {
      const input = await writing.inputFor(verb)
      writing.failWrites({ applied: 'reset' })
      const mend = writing.stack.openai.emulator.fault({
        match: ({ method, path }) => method === 'GET' && writing.writes().length > 0 && path.endsWith('/certificates'),
        effect: { status: 403, body: { error: 'No.' } },
      })
      expect(await make(verb, input)).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
      mend()
      writing.stack.clock.advance(3_600_000)
      const second = await make(verb, input)
      expect(second.__typename).toMatch(/Success$/)
      expect(await make(verb, input)).toEqual(second)
      expect(writing.writes()).toHaveLength(1)
    },
  )

  it.each(sentOnce)('is sent when its outcome was unknown and the list does not show it: %s', async (verb) => {
    const input = await writing.inputFor(verb)
    writing.failWrites('reset')
    expect(await make(verb, input)).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect((await make(verb, input)).__typename).toMatch(/Success$/)
    expect((await make(verb, input)).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(2)
  })

  it('is not sent when its outcome was unknown and the list cannot be read', async () => {
    const input = await writing.inputFor('upload')
    writing.failWrites({ applied: 'reset' })
    writing.stack.openai.emulator.fault({
      match: ({ method }) => method === 'GET' && writing.writes().length > 0,
      effect: { status: 403, body: { error: 'No.' } },
    })
    expect(await make('upload', input)).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringMatching(/Repeat it with the same idempotency key: .* before anything is sent\.$/),
    })
    expect(await make('upload', input)).toMatchObject({
      __typename: 'CertificateOutcomeUnknownError',
      message: expect.stringMatching(/earlier request with this idempotency key made the change: OpenAI answered 403/),
    })
    expect(writing.writes()).toHaveLength(1)
  })

  it('with another input is refused, and sends nothing', async () => {
    const input = await writing.inputFor('rename')
    await make('rename', input)
    expect(await make('rename', { ...input, name: 'Another' })).toMatchObject(mismatch)
    expect(await make('rename', { ...input, certificateId: writing.idOf('Batch workers') })).toMatchObject(mismatch)
    expect(writing.writes()).toHaveLength(1)
  })

  it('is another request than one of another mutation with the same key', async () => {
    const toActivate = await writing.inputFor('activate')
    await make('rename', await writing.inputFor('rename'))
    expect((await make('activate', toActivate)).__typename).toMatch(/Success$/)
  })

  it('is not remembered when it was a dry run, was invalid, or was refused before it was sent', async () => {
    const input = await writing.inputFor('deactivate')
    expect(await make('deactivate', { ...input, dryRun: true })).toMatchObject({ dryRun: true })
    expect(await make('deactivate', { certificateIds: [] })).toMatchObject({ code: 'BAD_USER_INPUT' })
    const mend = writing.failWrites({ status: 429, headers: { 'retry-after': '60' } })
    expect(await make('deactivate', input)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' })
    expect(await make('deactivate', input)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' })
    mend()
    expect(writing.writes()).toHaveLength(1)
    writing.stack.clock.advance(60_000)
    expect((await make('deactivate', input)).__typename).toMatch(/Success$/)
    // An active certificate is not deleted: the lists said so before anything was sent.
    const certificateId = writing.idOf('Load tests')
    await make('activate', { certificateIds: [certificateId] })
    expect(await make('delete', { certificateId })).toMatchObject({ code: 'UPSTREAM_CONFLICT' })
    await writing.mutate('deactivate', { certificateIds: [certificateId], force: true })
    expect((await make('delete', { certificateId })).__typename).toMatch(/Success$/)
  })

  it('runs as a dry run when it was made before', async () => {
    const input = await writing.inputFor('rename')
    await make('rename', input)
    expect(await make('rename', { ...input, dryRun: true })).toMatchObject({ dryRun: true })
  })

  it.each(['', 'k'.repeat(256), 'Schlüssel', 'a\nb'])('is refused when the key is invalid: %j', async (key) => {
    expect(await make('rename', { ...(await writing.inputFor('rename')), idempotencyKey: key })).toMatchObject({
      __typename: 'CertificateInvalidInputError',
      message: expect.stringMatching(/^input.idempotencyKey: .*; expected 1 to 255 printable ASCII characters$/),
    })
    expect(writing.writes()).toEqual([])
  })
})

describe('parallel mutations with one idempotency key', () => {
  beforeEach(async () => {
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '5s' } }),
    })
    writing.stack.openai.emulator.latency = 100
  })
  afterEach(() => writing.close())

  const run = (verb: Verb, input: object) => writing.mutate(verb, { idempotencyKey, ...input })

  it.each(verbs)('are sent once and have one result: %s', async (verb) => {
    const input = await writing.inputFor(verb)
    const results = await Promise.all(Array.from({ length: 5 }, () => run(verb, input)))
    expect(results[0]?.__typename).toMatch(/Success$/)
    for (const result of results) expect(result).toEqual(results[0])
    expect(writing.writes()).toHaveLength(1)
  })

  it('run one after another while they send nothing', async () => {
    const certificateId = 'cert_never'
    const results = await Promise.all([run('delete', { certificateId }), run('delete', { certificateId })])
    expect(results.map(({ code }) => code)).toEqual(['UPSTREAM_NOT_FOUND', 'UPSTREAM_NOT_FOUND'])
    expect(writing.writes()).toEqual([])
  })

  it('are refused when they have another input', async () => {
    const input = await writing.inputFor('rename')
    const results = await Promise.all([run('rename', input), run('rename', { ...input, name: 'Another' })])
    expect(results[0]?.__typename).toMatch(/Success$/)
    expect(results[1]).toMatchObject(mismatch)
  })

  it('have an unknown outcome at the deadline, and the result once the list is read', async () => {
    const input = await writing.inputFor('rename')
    writing.failWrites({ applied: 'hang' })
    const first = run('rename', input)
    await until(() => writing.writes().length === 1)
    const second = run('rename', input)
    await sleep(200)
    writing.stack.clock.advance(5_000)
    for (const result of [await first, await second]) {
      expect(result).toMatchObject({ __typename: 'CertificateOutcomeUnknownError' })
    }
    writing.stack.clock.advance(5_000)
    await until(() => writing.audits().length === 2)
    expect((await run('rename', input)).__typename).toMatch(/Success$/)
    expect(writing.writes()).toHaveLength(1)
  })
})

describe('the callers of mutations with idempotency keys', () => {
  afterEach(() => writing.close())

  let certificateId: string
  const start = async (file: object = {}) => {
    writing = await startWriting({ configure: (vendors) => ({ ...vendors, writes: 'enabled', ...file }) })
    certificateId = writing.idOf('Load tests')
  }
  const keyOf = (name: string) => `${name}-${'k'.repeat(40)}`
  const renaming = (name: string) => {
    const input = { organizationId, certificateId, name, idempotencyKey }
    const query =
      'mutation ($input: RenameOpenAICertificateInput!) { renameOpenAICertificate(input: $input) { __typename } }'
    return async (key?: string) => {
      const response = await fetch(writing.stack.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${keyOf(key)}` }) },
        body: JSON.stringify({ query, variables: { input } }),
      })
      const { data } = (await response.json()) as GraphQLAnswer<{ renameOpenAICertificate: Result }>
      return data.renameOpenAICertificate.__typename
    }
  }

  const startWithKeys = () => {
    const apiKeys = ['ops', 'deploy'].map((name) => ({
      name,
      sha256: digestOf(keyOf(name)),
      scopes: ['certificates:read', 'certificates:write'],
    }))
    return start({ access: { apiKeys } })
  }

  it('have their own keys when they are identified', async () => {
    await startWithKeys()
    expect(await renaming('One')('ops')).toBe('RenameOpenAICertificateSuccess')
    expect(await renaming('Two')('deploy')).toBe('RenameOpenAICertificateSuccess')
    expect(await renaming('Two')('ops')).toBe('CertificateInvalidInputError')
    expect(writing.writes()).toHaveLength(2)
  })

  it('cannot make the program forget the keys of another caller', async () => {
    await startWithKeys()
    expect(await renaming('One')('ops')).toBe('RenameOpenAICertificateSuccess')
    expect(await renaming('n'.repeat(257))('deploy')).toBe('CertificateInvalidInputError')
    expect(await renaming('n'.repeat(256))('deploy')).toBe('RenameOpenAICertificateSuccess')
    expect(await renaming('One')('ops')).toBe('RenameOpenAICertificateSuccess')
    expect(writing.writes()).toHaveLength(2)
  })

  it('share their keys when access is public', async () => {
    await start()
    expect(await renaming('One')()).toBe('RenameOpenAICertificateSuccess')
    expect(await renaming('Two')()).toBe('CertificateInvalidInputError')
  })
})

describe('the header Idempotency-Key', () => {
  beforeAll(async () => {
    writing = await startWriting({
      configure: (file) => ({ ...file, writes: 'enabled', limits: { batching: 2 } }),
    })
  })
  let certificateId: string
  beforeEach(async () => {
    await writing.reset()
    certificateId = writing.idOf('Load tests')
  })
  afterAll(() => writing.close())

  type Answer = GraphQLAnswer<Record<string, Result> | null>

  async function send(header: string, body: object): Promise<Answer> {
    const response = await fetch(writing.stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': header },
      body: JSON.stringify(body),
    })
    const answers = await response.json()
    return (Array.isArray(answers) ? answers[0] : answers) as Answer
  }

  const selection = '{ __typename ... on CertificateMutationError { code message } }'
  const renaming = (name: string, idempotencyKey?: string) => ({
    input: { organizationId, certificateId, name, idempotencyKey },
  })
  const one = `mutation ($input: RenameOpenAICertificateInput!) { result: renameOpenAICertificate(input: $input) ${selection} }`

  it.each([`"${idempotencyKey}"`, idempotencyKey])('is the key of the only mutation: %s', async (header) => {
    const body = { query: one, variables: renaming('One') }
    expect((await send(header, body)).data?.['result']?.__typename).toBe('RenameOpenAICertificateSuccess')
    expect((await send(`"${idempotencyKey}"`, body)).data?.['result']?.__typename).toBe(
      'RenameOpenAICertificateSuccess',
    )
    const other = await send(header, { query: one, variables: renaming('Two') })
    expect(other.data?.['result']).toMatchObject(mismatch)
    const inInput = await make('rename', renaming('One', idempotencyKey).input)
    expect(inInput.__typename).toBe('RenameOpenAICertificateSuccess')
    expect(writing.writes()).toHaveLength(1)
  })

  it('may repeat the key of the input', async () => {
    const answer = await send(`"${idempotencyKey}"`, { query: one, variables: renaming('One', idempotencyKey) })
    expect(answer.data?.['result']?.__typename).toBe('RenameOpenAICertificateSuccess')
  })

  it.each([
    ['an invalid header', '"not closed', one, undefined],
    ['another key in the input', '"a"', one, 'b'],
    [
      'another key in a literal',
      '"a"',
      `mutation { result: renameOpenAICertificate(input: { organizationId: "o", certificateId: "c", name: "n", idempotencyKey: "b" }) ${selection} }`,
      undefined,
    ],
    [
      'two mutations',
      '"a"',
      `mutation ($input: RenameOpenAICertificateInput!) { one: renameOpenAICertificate(input: $input) ${selection} two: renameOpenAICertificate(input: $input) ${selection} }`,
      undefined,
    ],
    [
      'two mutations in fragments',
      '"a"',
      `mutation ($input: RenameOpenAICertificateInput!) { ...One ... { two: renameOpenAICertificate(input: $input) ${selection} } } fragment One on Mutation { one: renameOpenAICertificate(input: $input) ${selection} }`,
      undefined,
    ],
  ])('is BAD_USER_INPUT for %s, and nothing is sent', async (_, header, query, key) => {
    const variables = query.includes('$input') ? renaming('One', key) : {}
    const { data, errors } = await send(header, { query, variables })
    expect(data ?? null).toBeNull()
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/Idempotency-Key.*; expected/),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ])
    expect(writing.stack.openai.emulator.calls).toEqual([])
  })

  it('is BAD_USER_INPUT for a mutation in a list of operations', async () => {
    const operation = { query: one, variables: renaming('One') }
    const { errors } = await send('"a"', [operation, operation])
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(writing.writes()).toEqual([])
  })

  it('is the key of the mutation that @skip and @include leave', async () => {
    const query = `mutation ($input: RenameOpenAICertificateInput!) {
      __typename
      result: renameOpenAICertificate(input: $input) ${selection}
      two: renameOpenAICertificate(input: $input) @skip(if: true) ${selection}
      three: renameOpenAICertificate(input: $input) @include(if: false) ${selection}
    }`
    const answer = await send('"a"', { query, variables: renaming('One') })
    expect(answer.data?.['result']?.__typename).toBe('RenameOpenAICertificateSuccess')
  })

  it('is ignored by queries', async () => {
    const { data, errors } = await send('"not closed', { query: '{ __typename }' })
    expect([data, errors]).toEqual([{ __typename: 'Query' }, undefined])
  })

  it('is refused when it contains a private key, and appears in no message', async () => {
    const key = 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g'
    const answer = await send(`"${key}"`, { query: one, variables: renaming('One') })
    expect(answer.data?.['result']?.message).toMatch(/^input.idempotencyKey: contains a private key/)
    expect(JSON.stringify([answer, writing.stack.log])).not.toContain(key.slice(20, 40))
  })
})

describe('a mutation with an idempotency key after the process has forgotten it', () => {
  afterEach(() => writing.close())

  /** Another process at the same vendor. */
  async function restart(): Promise<() => Promise<void>> {
    const { stack } = writing
    const program = await startProgram({ ...stack, file: { openai: stack.openai.config, writes: 'enabled' } })
    const { close } = writing
    writing = { ...writing, stack: { ...stack, ...program, close: stack.close } }
    return async () => {
      await program.close()
      writing = { ...writing, stack, close }
    }
  }
  const uploaded = async (input: object, key: string) => {
    const query = `mutation ($input: UploadOpenAICertificateInput!) {
      uploadOpenAICertificate(input: $input) { ... on UploadOpenAICertificateSuccess { certificate { certificateId } } }
    }`
    const { data } = await writing.stack.ask<{ uploadOpenAICertificate: Result }>(query, {
      input: { organizationId, idempotencyKey: key, ...input },
    })
    return data.uploadOpenAICertificate.certificate?.certificateId
  }

  it('finds the upload of the last 24 hours in the list, and uploads again what is not there', async () => {
    writing = await startWriting()
    const input = await writing.inputFor('upload')
    const first = await uploaded(input, 'one')
    // Another key is another upload, as long as the process has not forgotten the first.
    const second = await uploaded(input, 'two')
    expect(second).not.toBe(first)
    writing.stack.clock.advance(3_600_000)
    const leave = await restart()
    expect([first, second]).toContain(await uploaded(input, 'one'))
    expect(writing.writes()).toHaveLength(2)
    expect(await uploaded({ ...input, name: 'Not there' }, 'three')).toBeDefined()
    expect(writing.writes()).toHaveLength(3)
    writing.stack.clock.advance(day)
    expect([first, second]).not.toContain(await uploaded(input, 'one'))
    await leave()
  })
})

describe('a mutation with a key without a record', () => {
  beforeAll(async () => {
    writing = await startWriting()
  })
  beforeEach(() => writing.reset())
  afterAll(() => writing.close())

  it.each(verbs)(
    'reads the list before it is sent, and sends nothing when the list cannot be read: %s',
    async (verb) => {
      const input = await writing.inputFor(verb)
      writing.stack.openai.emulator.fault({
        match: ({ method }) => method === 'GET',
        effect: { status: 403, body: { error: 'No.' } },
      })
      expect(await make(verb, input)).toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
      expect(writing.writes()).toEqual([])
      writing.stack.openai.emulator.reset()
      expect((await make(verb, input)).__typename).toMatch(/Success$/)
      const methods = writing.stack.openai.emulator.calls.map(({ method }) => method)
      expect(methods[0]).toBe('GET')
      expect(writing.writes()).toHaveLength(1)
    },
  )

  it.each(['rename', 'activate', 'deactivate'] as const)(
    'is a success and sends nothing when the list shows the change: %s',
    async (verb) => {
      const input = await writing.inputFor(verb)
      await writing.mutate(verb, input)
      expect((await make(verb, input)).__typename).toMatch(/Success$/)
      expect(writing.writes()).toHaveLength(1)
    },
  )

  it('is not found when the certificate to delete is gone, and says what may have happened', async () => {
    const input = await writing.inputFor('delete')
    await writing.mutate('delete', input)
    expect(await make('delete', input)).toMatchObject({
      __typename: 'CertificateNotFoundError',
      message: expect.stringMatching(
        /has no certificate .*; an earlier request with this idempotency key may have deleted/,
      ),
    })
    expect(writing.writes()).toHaveLength(1)
  })
})

it('every certificate of a repeated upload is listed once', async () => {
  writing = await startWriting()
  const input = await writing.inputFor('upload')
  for (let count = 0; count < 3; count += 1) await make('upload', input)
  const names = [...(await readCertificates(writing.stack)).values()].map(({ name }) => name)
  expect(names.filter((name) => name === 'New clients')).toHaveLength(1)
  await writing.close()
})
