import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, organizationId, startWriting, type Verb, type Writing } from '../../../support/mutations.ts'

let writing: Writing
beforeAll(async () => {
  writing = await startWriting()
})
beforeEach(() => writing.reset())
afterAll(() => writing.close())

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const lines = key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']

/** Forms of a private key, and whether they contain a PEM boundary. */
const spellings: readonly (readonly [string, string, boolean])[] = [
  ['whole', key, true],
  ['whole, with CRLF', key.replaceAll('\n', '\r\n'), true],
  ['without its last boundary', [begin, ...lines].join('\n'), true],
  ['without its first boundary', [...lines, end].join('\n'), true],
  ['without its first boundary, with CRLF', [...lines, end].join('\r\n'), true],
  ['only its last lines', [...lines.slice(-3), end].join('\n'), true],
  ['only its lines, without boundaries', lines.join('\n'), false],
  ['only its lines, without boundaries, with CRLF', lines.join('\r\n'), false],
]

const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' })
const shortKeys = [
  ['base64', ed25519.toString('base64')],
  ['base64url, which may be an id', ed25519.toString('base64url')],
] as const

/** Expects no line of the key in the responses or in the log. */
function expectNoKeyIn(...responses: unknown[]): void {
  const text = JSON.stringify([...responses, writing.stack.log])
  for (const line of lines) expect(text).not.toContain(line)
}

const uploading =
  'mutation ($input: UploadOpenAICertificateInput!) { uploadOpenAICertificate(input: $input) { __typename } }'

describe('uploading a private key', () => {
  it.each(spellings)('makes no call and returns no line of the key: %s', async (_, content) => {
    const message = /^input.content: contains a private key, which was not forwarded/
    for (const dryRun of [true, false]) {
      const result = await writing.mutate('upload', { content, dryRun })
      expect(result).toMatchObject({
        __typename: 'CertificateInvalidInputError',
        message: expect.stringMatching(message),
      })
      expectNoKeyIn(result)
    }
    expect(writing.stack.openai.emulator.calls).toEqual([])
  })

  it.each([
    ['after an escape of JSON', `{"key":"\\n${lines.join('\\n')}"}`],
    ['after an escape of a URL', `%0A${ed25519.toString('base64')}`],
    ['after letters', `id${ed25519.toString('base64')}`],
    ['as a JSON Web Key', JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))],
    ['in the format of OpenSSH', Buffer.from(`openssh-key-v1\0${'k'.repeat(200)}`).toString('base64')],
  ])('is refused %s', async (_, name) => {
    const certificateId = writing.idOf('Load tests')
    expect(await writing.mutate('rename', { certificateId, name })).toMatchObject({
      message: 'input.name: contains a private key, which was not forwarded; replace this key',
    })
    expect(writing.stack.openai.emulator.calls).toEqual([])
  })

  it.each(shortKeys)('is refused in every other text of an input: %s', async (_, text) => {
    const certificateId = writing.idOf('Load tests')
    const inputs: readonly (readonly [Verb, object, string])[] = [
      ['upload', { content: await issueAuthority(writing.stack.clock.now()), name: text }, 'input.name'],
      ['rename', { certificateId, name: `Clients ${text}` }, 'input.name'],
      ['rename', { certificateId: text, name: 'Clients' }, 'input.certificateId'],
      ['delete', { certificateId: text }, 'input.certificateId'],
      ['activate', { certificateIds: [certificateId, text] }, 'input.certificateIds[1]'],
      ['deactivate', { certificateIds: [certificateId], projectId: text }, 'input.projectId'],
      ['delete', { certificateId, organizationId: text }, 'input.organizationId'],
    ]
    for (const [verb, input, path] of inputs) {
      const result = await writing.mutate(verb, input)
      expect(result).toMatchObject({
        __typename: 'CertificateInvalidInputError',
        code: 'BAD_USER_INPUT',
        message: `${path}: contains a private key, which was not forwarded; replace this key`,
      })
      expect(JSON.stringify([result, writing.stack.log])).not.toContain(text.slice(20, 40))
    }
    expect(writing.audits()).toHaveLength(inputs.length)
    expect(writing.stack.openai.emulator.calls).toEqual([])
  })

  it.each(shortKeys)('is in no error and no log line of a query: %s', async (_, text) => {
    const queries = [
      '($text: ID!) { openAIOrganization(id: $text) { name } }',
      '($text: String) { certificates(filter: { nameContains: $text }) { totalCount } }',
      '($text: Int) { certificates(first: $text) { totalCount } }',
    ]
    for (const query of queries) {
      const answer = await writing.stack.ask(`query ${query}`, { text })
      expect(answer.errors).toHaveLength(1)
      expect(JSON.stringify([answer, writing.stack.log])).not.toContain(text.slice(20, 40))
    }
  })

  it.each(spellings)('returns no line of the key in a GraphQL validation error: %s', async (_, content) => {
    const inputs = [
      { organizationId, content, more: true },
      { organizationId, content: content.split('\n') },
    ]
    for (const input of inputs) {
      const { data, errors, ...rest } = await writing.stack.ask(uploading, { input })
      expect(data).toBeUndefined()
      expect(errors?.[0]?.message).toContain('[PEM]')
      expectNoKeyIn(errors, rest)
    }
  })

  it.each(spellings.filter(([, , hasBoundary]) => hasBoundary))(
    'returns no line of a key that the vendor quotes: %s',
    async (_, quoted) => {
      const content = await issueAuthority(writing.stack.clock.now())
      for (const status of [400, 403, 409, 500]) {
        writing.stack.openai.emulator.fault({
          match: ({ method }) => method === 'POST',
          effect: { status, body: { error: { message: `Not valid: ${quoted}` } } },
          times: 1,
        })
        const result = await writing.mutate('upload', { content })
        expect(result.message).toContain(`OpenAI answered ${status} for the upload of a certificate: Not valid: `)
        expect(result.message).toContain('[PEM]')
        expectNoKeyIn(result)
      }
    },
  )
})

describe('the names that an answer repeats', () => {
  // Both could be an id or an alias: base64url without padding.
  const texts = [ed25519Name(), `id_${ed25519Name()}`]

  it.each(texts)('contain no private key as an alias: %#', async (text) => {
    const answer = await writing.stack.ask(`{ ${text}: __typename }`)
    expect(answer.errors).toEqual([
      expect.objectContaining({
        message: 'An alias contains a private key, which is not repeated; replace this key.',
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ])
    expect(JSON.stringify([answer, writing.stack.log])).not.toContain(text.slice(20, 40))
  })

  it('contain no private key as a request id', async () => {
    for (const text of texts.map((each) => each.slice(0, 60))) {
      const response = await fetch(writing.stack.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': text },
        body: JSON.stringify({ query: '{ unknown }' }),
      })
      expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
      expect(JSON.stringify([await response.text(), writing.stack.log])).not.toContain(text.slice(20, 40))
    }
  })
})

/** A key of which the base64 is a name of GraphQL. */
function ed25519Name(): string {
  for (;;) {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url')
    if (!key.includes('-')) return key
  }
}
