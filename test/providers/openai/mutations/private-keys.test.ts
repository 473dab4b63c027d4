import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, organizationId, startWriting, type Writing } from '../../../support/mutations.ts'

let writing: Writing
beforeEach(async () => {
  writing = await startWriting()
})
afterEach(() => writing.close())

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const lines = key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']

/** How somebody may give a private key, and whether a mark of PEM is left that tells what it is. */
const spellings: readonly (readonly [string, string, boolean])[] = [
  ['whole', key, true],
  ['whole, with the line ends of Windows', key.replaceAll('\n', '\r\n'), true],
  ['cut off behind its last line', [begin, ...lines].join('\n'), true],
  ['without its first mark', [...lines, end].join('\n'), true],
  ['without its first mark, with the line ends of Windows', [...lines, end].join('\r\n'), true],
  ['its last lines alone', [...lines.slice(-3), end].join('\n'), true],
  ['by its lines alone', lines.join('\n'), false],
  ['by its lines alone, with the line ends of Windows', lines.join('\r\n'), false],
]

/** Nothing of the key stands in what was answered or logged, in whatever spelling. */
function expectNothingOfIt(...told: unknown[]): void {
  const text = JSON.stringify([...told, writing.stack.log])
  for (const line of lines) expect(text).not.toContain(line)
}

const uploading =
  'mutation ($input: UploadOpenAICertificateInput!) { uploadOpenAICertificate(input: $input) { __typename } }'

describe('a private key to upload', () => {
  it.each(spellings)('%s, is sent to nobody, and no line of it is repeated', async (_, content, isMarked) => {
    const message = isMarked ? /^input.content: holds a private key, which was sent on to nobody/ : /PEM of 0 blocks/
    for (const dryRun of [true, false]) {
      const result = await writing.mutate('upload', { content, dryRun })
      expect(result).toMatchObject({
        __typename: 'CertificateInvalidInputError',
        message: expect.stringMatching(message),
      })
      expectNothingOfIt(result)
    }
    expect(writing.stack.openai.emulator.calls).toEqual([])
  })

  it.each(spellings)('%s, is not quoted by GraphQL where the input cannot be read', async (_, content) => {
    const inputs = [
      { organizationId, content, more: true },
      { organizationId, content: content.split('\n') },
    ]
    for (const input of inputs) {
      const { data, errors, ...rest } = await writing.stack.ask(uploading, { input })
      expect(data).toBeUndefined()
      expect(errors?.[0]?.message).toContain('[PEM]')
      expectNothingOfIt(errors, rest)
    }
  })

  it.each(spellings.filter(([, , isMarked]) => isMarked))('%s, is not repeated after the vendor', async (_, words) => {
    const content = await issueAuthority(writing.stack.clock.now())
    for (const status of [400, 403, 409, 500]) {
      writing.stack.openai.emulator.fault({
        match: ({ method }) => method === 'POST',
        effect: { status, body: { error: { message: `Not so: ${words}` } } },
        times: 1,
      })
      const result = await writing.mutate('upload', { content })
      expect(result.message).toContain(`OpenAI answered ${status} to the upload of a certificate: Not so: `)
      expect(result.message).toContain('[PEM]')
      expectNothingOfIt(result)
    }
  })
})
