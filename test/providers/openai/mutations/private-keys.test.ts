import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, organizationId, startWriting, type Writing } from '../../../support/mutations.ts'

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

/** Forms of a private key, and whether they contain a PEM boundary that says what they are. */
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

/** Expects no line of the key in the responses or in the log. */
function expectNoKeyIn(...responses: unknown[]): void {
  const text = JSON.stringify([...responses, writing.stack.log])
  for (const line of lines) expect(text).not.toContain(line)
}

const uploading =
  'mutation ($input: UploadOpenAICertificateInput!) { uploadOpenAICertificate(input: $input) { __typename } }'

describe('uploading a private key', () => {
  it.each(spellings)('makes no call and returns no line of the key: %s', async (_, content, hasBoundary) => {
    const message = hasBoundary ? /^input.content: contains a private key, which was not forwarded/ : /no BEGIN line/
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
