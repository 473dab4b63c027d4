import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { addressOf, useBuiltProgram } from '../support/built-program.ts'
import { createFolder } from '../support/folder.ts'
import { until } from '../support/redis/until.ts'
import { firstOf } from '../support/rewriting.ts'
import { webhookSecret } from '../support/test-notifier.ts'
import { hasSignature, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { findSchemaErrors } from '../support/webhook-schemas.ts'

const program = useBuiltProgram()
let receiver: WebhookReceiver
let openai: Awaited<ReturnType<typeof startOpenAISandbox>>
beforeEach(async () => {
  receiver = await startWebhookReceiver()
  openai = await startOpenAISandbox({ now: Date.now, limits: false, scale: { certificatesPerOrganization: 1 } })
})
afterEach(async () => {
  await openai.close()
  await receiver.close()
})

/** A folder with the configuration of a program that notifies the receiver. */
function createProgramFolder(...notify: object[]): string {
  return createFolder({
    'certgraph.config.yaml': JSON.stringify({
      openai: openai.config,
      server: { publicUrl: 'https://certgraph.example' },
      state: { path: './state' },
      upstream: { ttl: '1s', minReadingAge: '1s', staleWhileRevalidate: '0s' },
      notify,
    }),
    'ca.pem': receiver.ca,
  })
}

const envOf = (folder: string) => ({
  HOME: folder,
  NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  // A proxy that does not exist: a program that used it would reach no receiver.
  HTTPS_PROXY: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
  NODE_USE_ENV_PROXY: '1',
})
const endpoint = () => ({ name: 'ops', url: receiver.url, secret: webhookSecret, allowPrivate: true })

/** Starts the program, and waits until it has read its places. */
async function start(folder: string) {
  const child = program.start(envOf(folder), folder)
  child.stderr.resume()
  const { url } = await addressOf(child)
  await until(async () => {
    const response = await fetch(`${url}/health`)
    const { places } = (await response.json()) as { readonly places: readonly { readonly status: string }[] }
    return places.some(({ status }) => status === 'OK')
  })
  return child
}

async function kill(child: ReturnType<typeof program.start>): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const received = (count: number) => until(() => receiver.requests.length >= count)

function upload(id: string): void {
  const organization = firstOf(openai.state.organizations)
  organization.certificates.push({ ...firstOf(organization.certificates), id, name: id })
}

describe('a program that is killed', () => {
  it('delivers a message at least once, with one id, and what has happened meanwhile', async () => {
    const folder = createProgramFolder(endpoint())
    receiver.answerWith(() => null)
    let child = await start(folder)
    // The endpoint begins with the first change after it is known.
    await sleep(1_500)
    upload('cert_first')
    await received(1)
    // While the attempt is in progress.
    await kill(child)
    receiver.answerWith(() => ({ status: 503 }))
    child = await start(folder)
    await received(2)
    await sleep(1_500)
    // Between two attempts.
    await kill(child)
    upload('cert_meanwhile')
    receiver.answerWith(() => ({ status: 200 }))
    child = await start(folder)
    await until(() => receiver.messages.length >= 4)
    await sleep(1_500)
    await kill(child)
    child = await start(folder)
    upload('cert_last')
    await until(() => receiver.messages.some(({ data }) => Reflect.get(Object(data['change']), 'name') === 'cert_last'))
    const names = receiver.messages.map(({ data }) => Reflect.get(Object(data['change']), 'name'))
    expect(new Set(names)).toEqual(new Set(['cert_first', 'cert_meanwhile', 'cert_last']))
    expect(names.filter((name) => name === 'cert_first')).toHaveLength(3)
    expect(names.filter((name) => name !== 'cert_first')).toHaveLength(2)
    expect(new Set(receiver.ids).size).toBe(3)
    expect(receiver.requests.every((request) => hasSignature(request, webhookSecret))).toBe(true)
    expect(receiver.messages.map(findSchemaErrors)).toEqual(names.map(() => null))
    child.kill('SIGTERM')
  }, 180_000)
})

describe('certgraph notify test', () => {
  it('sends a signed message, which says that it is a test', async () => {
    const folder = createProgramFolder(endpoint(), { ...endpoint(), name: 'slack', format: 'slack' })
    const child = program.start(envOf(folder), folder, 'notify', 'test')
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    expect({ stdout, stderr, code }).toEqual({
      stdout: expect.stringMatching(/^OK {6}ops: answered 204, \d+ ms\nOK {6}slack: answered 204, \d+ ms\n$/),
      stderr: '',
      code: 0,
    })
    const [json, slack] = receiver.requests
    if (!json || !slack) throw new Error('no request')
    expect(json.json).toMatchObject({
      type: 'test',
      data: { message: 'This is a test of certgraph. No certificate has changed.' },
    })
    expect(findSchemaErrors(json.json)).toBeNull()
    expect([hasSignature(json, webhookSecret), hasSignature(slack, webhookSecret)]).toEqual([true, true])
    expect(JSON.parse(slack.body)).toMatchObject({ text: 'This is a test of certgraph. No certificate has changed.' })
  })
})
