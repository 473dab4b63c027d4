import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import 'reflect-metadata'
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** A request that the receiver got. */
export interface ReceivedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The body, parsed. */
  readonly json: ReceivedMessage
}

export interface ReceivedMessage {
  readonly type: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What the receiver answers; null: nothing at all. */
type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | null

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>

/** A receiver of webhooks on this machine, over HTTPS with a certificate of its own authority. */
export async function startWebhookReceiver(port = 0) {
  const { certificate, privateKey } = await issueServerCertificate()
  const requests: ReceivedRequest[] = []
  let answer: (request: ReceivedRequest) => Answer | Promise<Answer> = () => ({ status: 204 })
  const server: Server = createServer({ cert: certificate, key: privateKey }, async (incoming, response) => {
    const body = (await buffer(incoming)).toString()
    const request = { path: incoming.url ?? '', headers: incoming.headers, body, json: JSON.parse(body) }
    requests.push(request)
    const answered = await answer(request)
    if (answered) response.writeHead(answered.status, answered.headers).end(answered.body)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: chosen } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${chosen}/hook-0123456789abcdef`,
    port: chosen,
    /** The certificate of the authority, as PEM. */
    ca: certificate,
    /** The requests so far. */
    requests,
    get messages(): readonly ReceivedMessage[] {
      return requests.map(({ json }) => json)
    },
    get types(): readonly string[] {
      return requests.map(({ json }) => json.type)
    },
    get ids(): readonly unknown[] {
      return requests.map(({ headers }) => headers['webhook-id'])
    },
    /** Answers from now on in this way. Default: 204. */
    answerWith(next: typeof answer) {
      answer = next
    },
    async close(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Checks a signature as the documentation of Standard Webhooks says: it shares no code with the program. */
export function hasSignature({ headers, body }: ReceivedRequest, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.')
  const expected = createHmac('sha256', key).update(signed, 'utf8').digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((each) => {
      const [version, signature = ''] = each.split(',')
      const given = Buffer.from(signature, 'base64')
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
    })
}

/** A certificate for this machine, which signs itself. */
async function issueServerCertificate() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const issued = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=webhook receiver',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new BasicConstraintsExtension(true),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'hooks.example' },
      ]),
    ],
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`
  return { certificate: issued.toString('pem'), privateKey }
}
