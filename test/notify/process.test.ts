import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from '../support/built-program.ts'
import { createFolder } from '../support/folder.ts'
import { type NotifyingProgram, prepareNotifyingProgram } from '../support/notifying-program.ts'
import { until } from '../support/redis/until.ts'
import { webhookSecret } from '../support/test-notifier.ts'
import { hasSignature } from '../support/webhook-receiver.ts'
import { findSchemaErrors } from '../support/webhook-schemas.ts'

const program = useBuiltProgram()
let prepared: NotifyingProgram
beforeEach(async () => {
  prepared = await prepareNotifyingProgram(program)
})
afterEach(() => prepared.close())

/** Milliseconds in which a program keeps what it knows of an endpoint. */
const settling = 1_500

describe('a program with twenty endpoints', () => {
  it('starts without a warning of Node.js', async () => {
    const notify = Array.from({ length: 20 }, (_, index) => ({ ...prepared.endpoint, name: `endpoint ${index}` }))
    const child = prepared.spawn({ notify })
    const [stderr] = await Promise.all([
      text(child.stderr),
      addressOf(child)
        .then(() => sleep(settling))
        .then(() => child.kill('SIGKILL')),
    ])
    expect(stderr).not.toContain('Warning')
  }, 60_000)
})

describe('a program that is killed', () => {
  it('delivers a message at least once, with one id, and what has happened meanwhile', async () => {
    const { receiver, upload, names } = prepared
    const settings = { state: { path: createFolder({}) } }
    receiver.answerWith(() => null)
    let running = await prepared.start(settings)
    // The endpoint begins with the first change after it is known.
    await sleep(settling)
    upload('cert_first')
    await until(() => receiver.requests.length >= 1)
    // While the attempt is in progress.
    await running.kill()
    receiver.answerWith(() => ({ status: 503 }))
    running = await prepared.start(settings)
    await until(() => receiver.requests.length >= 2)
    await sleep(settling)
    // Between two attempts.
    await running.kill()
    upload('cert_meanwhile')
    receiver.answerWith(() => ({ status: 200 }))
    running = await prepared.start(settings)
    await until(() => receiver.requests.length >= 4)
    await sleep(settling)
    await running.kill()
    await prepared.start(settings)
    upload('cert_last')
    await until(() => names().includes('cert_last'))
    const count = (name: string) => names().filter((each) => each === name).length
    expect(['cert_first', 'cert_meanwhile', 'cert_last'].map(count)).toEqual([3, 1, 1])
    expect([receiver.requests.length, new Set(receiver.ids).size]).toEqual([5, 3])
    expect(receiver.requests.every((request) => hasSignature(request, webhookSecret))).toBe(true)
    expect(receiver.messages.map(findSchemaErrors)).toEqual(receiver.messages.map(() => null))
  }, 180_000)
})

describe('/health', () => {
  it('reports a failure and a pause of an endpoint after a restart, until its settings change', async () => {
    const { receiver, upload, endpoint } = prepared
    const settings = { state: { path: createFolder({}) } }
    receiver.answerWith(() => ({ status: 429, headers: { 'retry-after': '86400' } }))
    const first = await prepared.start(settings)
    await sleep(settling)
    upload('cert_new')
    await until(async () => (await first.notify()) !== undefined)
    const failing = await first.notify()
    const pausedUntil = Date.now() + 3_600_000
    expect(failing).toEqual([
      { endpoint: 'ops', status: 'failing', reason: 'answered 429', waiting: 1, pausedUntil: expect.any(String) },
    ])
    const [{ pausedUntil: reported }] = failing as [{ readonly pausedUntil: string }]
    expect(Math.abs(Date.parse(reported) - pausedUntil)).toBeLessThan(60_000)
    await sleep(settling)
    await first.kill()
    receiver.answerWith(() => ({ status: 200 }))
    const second = await prepared.start(settings)
    await until(async () => (await second.notify()) !== undefined)
    // Two wall-clock times of monotonic ones differ by fractions of a millisecond.
    expect(await second.notify()).toEqual([{ ...(failing as [object])[0], pausedUntil: expect.any(String) }])
    expect(receiver.requests).toHaveLength(1)
    await second.kill()
    const third = await prepared.start({ ...settings, notify: [{ ...endpoint, minStatus: 'OK' }] })
    // The first attempt after a failure is due after 10 s.
    await until(() => receiver.requests.length === 2)
    await until(async () => (await third.notify()) === undefined)
  }, 180_000)
})

describe('certgraph notify test', () => {
  it('says what a server does after an answer that pauses or stops the endpoint', async () => {
    const { receiver, endpoint } = prepared
    receiver.answerWith(({ path }) =>
      path.endsWith('gone') ? { status: 410 } : { status: 503, headers: { 'retry-after': '86400' } },
    )
    const notify = [endpoint, { ...endpoint, name: 'gone', url: `${receiver.url}/gone` }]
    const child = prepared.spawn({ notify }, 'notify', 'test')
    const [stdout] = await Promise.all([text(child.stdout), text(child.stderr)])
    const [paused = '', stopped] = stdout.split('\n')
    expect(paused).toMatch(/^FAILED {2}ops: answered 503, \d+ ms; a server pauses the endpoint until \S+Z$/)
    const until = Date.parse(paused.split(' ').at(-1) ?? '')
    expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(60_000)
    expect(stopped).toMatch(/^FAILED {2}gone: answered 410, \d+ ms; a server stops the endpoint$/)
  })

  it('sends a signed message, which says that it is a test', async () => {
    const { receiver, endpoint } = prepared
    const notify = [endpoint, { ...endpoint, name: 'slack', format: 'slack' }]
    const child = prepared.spawn({ notify }, 'notify', 'test')
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    expect({ stdout, stderr, code }).toEqual({
      stdout: expect.stringMatching(
        /^OK {6}ops: answered 204, \d+ ms\nOK {6}slack: answered 204, \d+ ms\nThis resumes no endpoint .+\n$/,
      ),
      stderr: '',
      code: 0,
    })
    const [json, slack] = receiver.requests
    if (!json || !slack) throw new Error('no request')
    const message = 'This is a test of certgraph. No certificate has changed.'
    expect(json.json).toMatchObject({ type: 'test', data: { message } })
    expect(findSchemaErrors(json.json)).toBeNull()
    expect([hasSignature(json, webhookSecret), hasSignature(slack, webhookSecret)]).toEqual([true, true])
    expect(JSON.parse(slack.body)).toMatchObject({ text: message })
  })
})
