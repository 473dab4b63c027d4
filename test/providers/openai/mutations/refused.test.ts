import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { derOf, toPem } from '../../../../src/catalog/x509/pem.ts'
import { basicConstraints, buildCertificate, der, extension, utcTime } from '../../../support/build-certificate.ts'
import { issueAuthority, readCertificates, startWriting, type Verb, type Writing } from '../../../support/mutations.ts'

let writing: Writing
beforeAll(async () => {
  writing = await startWriting()
})
beforeEach(() => writing.reset())
afterAll(() => writing.close())

const day = 86_400_000

const invalid = (message: RegExp) => ({
  __typename: 'CertificateInvalidInputError',
  code: 'BAD_USER_INPUT',
  message: expect.stringMatching(message),
})

describe('before any call, a mutation refuses', () => {
  afterEach(() => expect(writing.stack.openai.emulator.calls).toEqual([]))

  const ids = (count: number) => Array.from({ length: count }, (_, index) => `cert_${index}`)

  it.each<[string, object, RegExp]>([
    ['no ids', { certificateIds: [] }, /^input.certificateIds: 0 ids; expected 1 to 10$/],
    ['eleven ids', { certificateIds: ids(11) }, /^input.certificateIds: 11 ids; expected 1 to 10$/],
    [
      'a duplicate id',
      { certificateIds: ['cert_a', 'cert_b', 'cert_a'] },
      /^input.certificateIds\[\d\]: cert_a is listed twice; expected/,
    ],
    [
      'an invalid certificate id',
      { certificateIds: ['../projects'] },
      /^input.certificateIds\[0\]: not an id of a vendor/,
    ],
    [
      'an invalid project id',
      { certificateIds: ['cert_a'], projectId: '..' },
      /^input.projectId: not an id of a vendor/,
    ],
    [
      'an unknown organization',
      { certificateIds: ['cert_a'], organizationId: 'org_x' },
      /no OpenAI organization org_x/,
    ],
  ])('%s to activate or deactivate', async (_, input, message) => {
    for (const verb of ['activate', 'deactivate'] as const)
      expect(await writing.mutate(verb, input)).toEqual(invalid(message))
  })

  it.each<[string, Verb, object, RegExp]>([
    ['an invalid certificate id', 'rename', { certificateId: 'a/b', name: 'New' }, /^input.certificateId: not an id/],
    ['an invalid certificate id', 'delete', { certificateId: '..' }, /^input.certificateId: not an id/],
    ['an invalid organization id', 'delete', { organizationId: '.', certificateId: 'cert_a' }, /^input.organizationId/],
  ])('%s to %s', async (_, verb, input, message) => {
    expect(await writing.mutate(verb, input)).toEqual(invalid(message))
  })

  const authority = (request = {}) => issueAuthority(writing.stack.clock.now(), request)
  const endingIn = (milliseconds: number) => authority({ notAfter: new Date(writing.stack.clock.now() + milliseconds) })

  it.each<[string, () => Promise<string>, RegExp]>([
    ['empty content', async () => '', /^input.content: no BEGIN line; expected one CERTIFICATE in PEM$/],
    ['content without PEM', async () => 'MIIB', /no BEGIN line/],
    [
      'two certificates',
      async () => `${await authority()}${await authority()}`,
      /2 BEGIN lines \(CERTIFICATE, CERTIFICATE\); expected one CERTIFICATE$/,
    ],
    [
      'PEM of a different kind',
      async () => (await authority()).replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
      /label CERTIFICATE REQUEST; expected CERTIFICATE$/,
    ],
    [
      'PEM that is not a certificate',
      async () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /not an X.509 certificate/,
    ],
    [
      'PEM that is cut off',
      async () => (await authority()).slice(0, 200),
      /END line missing; expected END CERTIFICATE/,
    ],
    [
      'PEM with another END line',
      async () => (await authority()).replace('END CERTIFICATE', 'END X509 CERTIFICATE'),
      /END line with label X509 CERTIFICATE; expected CERTIFICATE$/,
    ],
    [
      'PEM with the old label',
      async () => (await authority()).replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
      /label X509 CERTIFICATE; expected CERTIFICATE$/,
    ],
    [
      'PEM with headers',
      async () => (await authority()).replace('-----\n', '-----\nProc-Type: 4,CLEAR\n\n'),
      /RFC 1421 headers/,
    ],
    [
      'PEM with text that is not base64',
      async () => (await authority()).replace('-----\n', '-----\n# our CA\n'),
      /characters that are not base64/,
    ],
    [
      'two certificates in one block',
      async () => toPem(Buffer.concat([derOf(await authority()), derOf(await authority({ serialNumber: '02' }))])),
      /two certificates in one block; expected one$/,
    ],
    [
      'bytes after the certificate',
      async () => toPem(Buffer.concat([derOf(await authority()), Buffer.from('3005', 'hex')])),
      /2 bytes after the certificate; expected none$/,
    ],
    [
      'a certificate whose expiry cannot be read',
      async () => toPem(buildCertificate({ notAfter: utcTime('360101000000') })),
      /expires at an unknown date/,
    ],
    [
      'a certificate whose basic constraints cannot be read',
      async () => toPem(buildCertificate({ extensions: [extension(basicConstraints, der(0x30, '0101'))] })),
      /basic constraints that cannot be read; expected CA:TRUE$/,
    ],
    [
      'a certificate that is not a CA',
      () => authority({ authority: false }),
      /not a CA certificate; expected basic constraints with CA:TRUE/,
    ],
    [
      'an expired certificate',
      () => endingIn(-1),
      /^input.content: expires \S+Z; expected an expiry later than a day from now$/,
    ],
    ['a certificate that expires within a day', () => endingIn(day), /expected an expiry later than a day from now/],
    [
      'content of 16 kB',
      async () => (await authority()).padEnd(16 * 1024, '\n'),
      /16384 bytes; expected fewer than 16384/,
    ],
  ])('%s to upload', async (_, content, message) => {
    expect(await writing.mutate('upload', { content: await content() })).toEqual(invalid(message))
  })

  it.each(['', ' ', ' \t\r\n', '\u00a0\u2003'])(
    'the blank name %j to upload or to rename, also in a dry run',
    async (name) => {
      const blank = invalid(/^input.name: blank; expected a name$/)
      const content = await authority()
      for (const dryRun of [true, false]) {
        expect(await writing.mutate('upload', { content, name, dryRun })).toEqual(blank)
        expect(await writing.mutate('rename', { certificateId: 'cert_a', name, dryRun })).toEqual(blank)
      }
    },
  )

  it('a private key to upload, which is in no response and in no log line', async () => {
    const pem = await authority()
    const secret = 'TUlJRXZRSUJBREFOQmdrcWhraUc5dzBCQVFF'
    const key = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`
    const inputs = [
      { content: `${pem}${key}` },
      { content: key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE') },
      { content: key.replaceAll('PRIVATE', 'EC PRIVATE').replaceAll('\n', ' ') },
      { content: pem, name: key },
    ]
    for (const input of inputs) {
      const result = await writing.mutate('upload', input)
      expect(result).toEqual(invalid(/^input\.(content|name): contains a private key/))
      expect(JSON.stringify(result)).not.toContain(secret)
    }
    expect(await writing.mutate('rename', { certificateId: 'cert_a', name: key })).toEqual(invalid(/private key/))
    // GraphQL's own errors quote the invalid value.
    const invalidInput = await writing.stack.ask(
      'mutation ($input: UploadOpenAICertificateInput!) { uploadOpenAICertificate(input: $input) { __typename } }',
      { input: { organizationId: 'org_bluequay', content: key, more: true } },
    )
    const invalidDocument = await writing.stack.ask(
      `mutation { uploadOpenAICertificate(input: ${JSON.stringify(key)}) { __typename } }`,
    )
    for (const response of [invalidInput, invalidDocument]) {
      expect(response.errors?.[0]?.message).toContain('[PEM]')
      expect(JSON.stringify(response)).not.toContain(secret)
    }
    expect(JSON.stringify(writing.stack.log)).not.toContain(secret)
  })

  it('no certificate that expires more than a day from now', async () => {
    const content = await endingIn(day + 1_000)
    expect((await writing.mutate('upload', { content })).__typename).toBe('UploadOpenAICertificateSuccess')
    writing.stack.openai.emulator.reset()
  })
})

describe('a mutation returns as data', () => {
  const respond = (status: number, body: object = {}, headers = {}) =>
    writing.stack.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: { status, body, headers } })
  const errorBody = (message: string) => ({
    error: { message, type: 'invalid_request_error', param: null, code: null },
  })

  it.each<[Verb, object]>([
    ['rename', { certificateId: 'cert_gone', name: 'New' }],
    ['delete', { certificateId: 'cert_gone' }],
    ['activate', { certificateIds: ['cert_gone'] }],
    ['deactivate', { certificateIds: ['cert_gone'] }],
    ['activate', { certificateIds: ['cert_gone'], projectId: 'proj_gone' }],
  ])('the error for an id that does not exist: %s with %o', async (verb, input) => {
    expect(await writing.mutate(verb, { ...input, ...(verb === 'deactivate' && { force: true }) })).toMatchObject({
      __typename: 'CertificateNotFoundError',
      code: 'UPSTREAM_NOT_FOUND',
      message: expect.stringContaining('_gone'),
    })
  })

  it.each(['bare string', 'object'] as const)(
    'the error for a key without permission to write, with the message as %s',
    async (form) => {
      writing.organization.missingWriteScope = form
      const result = await writing.mutate('activate', { certificateIds: ['cert_a'] })
      expect(result).toMatchObject({ __typename: 'CertificateForbiddenError', code: 'UPSTREAM_FORBIDDEN' })
      expect((await readCertificates(writing.stack)).size).toBeGreaterThan(0)
    },
  )

  it('the error for an unknown key', async () => {
    writing.organization.adminKey = 'sk-admin-another'
    const result = await writing.mutate('activate', { certificateIds: ['cert_a'] })
    expect(result).toMatchObject({ __typename: 'CertificateUpstreamError', code: 'UPSTREAM_UNAUTHENTICATED' })
  })

  it('a conflict at the vendor', async () => {
    respond(409, errorBody('Another change is in progress.'))
    expect(await writing.mutate('rename', { certificateId: 'cert_a', name: 'New' })).toMatchObject({
      __typename: 'CertificateConflictError',
      code: 'UPSTREAM_CONFLICT',
      message: expect.stringContaining('Another change is in progress.'),
      activeIn: [],
    })
  })

  it('the error for a request that the vendor calls invalid', async () => {
    respond(400, errorBody('No.'))
    const content = await issueAuthority(writing.stack.clock.now())
    expect(await writing.mutate('upload', { content })).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_INVALID_REQUEST',
    })
  })

  it.each<Verb>(['rename', 'activate'])('a rate limit, without a retry: %s', async (verb) => {
    respond(429, errorBody('Slow down.'), { 'retry-after': '7' })
    const input = verb === 'rename' ? { certificateId: 'cert_a', name: 'New' } : { certificateIds: ['cert_a'] }
    const limited = { __typename: 'CertificateRateLimitedError', code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 7 }
    expect(await writing.mutate(verb, input)).toMatchObject(limited)
    expect(writing.writes()).toHaveLength(1)
  })
})
