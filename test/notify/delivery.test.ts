import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { attemptDelivery } from '../../src/notify/attempt.ts'
import { backoff } from '../../src/notify/backoff.ts'
import { createConnector, type LookupAll } from '../../src/upstream/connector.ts'
import { createTransport } from '../../src/upstream/transport.ts'
import { passTime } from '../support/passing-time.ts'
import {
  createNotifyWorld,
  type NotifyWorld,
  startBegunNotifier,
  startTestNotifier,
  webhookSecret,
} from '../support/test-notifier.ts'
import { until } from '../support/until.ts'
import { hasSignature } from '../support/webhook-receiver.ts'

let world: NotifyWorld
beforeEach(async () => {
  world = await createNotifyWorld()
})
afterEach(async () => {
  await world.close()
})

const start = (...settings: object[]) => startBegunNotifier(world, ...settings)

const received = (count: number) => until(() => world.receiver.requests.length >= count)
const logged = (text: string) => until(() => world.lines.some(({ msg }) => String(msg).startsWith(text)))

/** Lets time pass until the next request, which the last failure has announced. Returns the seconds. */
async function untilNextRequest(): Promise<number> {
  const { clock, receiver, lines } = world
  const [before, logs] = [receiver.requests.length, lines.length]
  const seconds = Number(lines.findLast(({ retryInSeconds }) => retryInSeconds !== undefined)?.['retryInSeconds'])
  await passTime({ clock }, (seconds - 1) * 1_000)
  expect(receiver.requests).toHaveLength(before)
  clock.advance(1_000)
  await until(() => lines.length > logs)
  expect(receiver.requests).toHaveLength(before + 1)
  return seconds
}

describe('a message', () => {
  it('is signed as Standard Webhooks says', async () => {
    await start()
    world.feed.record({})
    await received(1)
    const [request] = world.receiver.requests
    if (!request) throw new Error('no request')
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'certgraph/1.2.3',
      'webhook-id': expect.stringMatching(/^msg_[\w-]{27}$/),
      'webhook-timestamp': String(Math.floor(world.clock.now() / 1000)),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    })
    expect(hasSignature(request, webhookSecret)).toBe(true)
    expect(hasSignature({ ...request, body: `${request.body} ` }, webhookSecret)).toBe(false)
  })

  it('has a signature for each secret while one is replaced', async () => {
    const secrets = ['a', 'b'].map((text) => `whsec_${Buffer.alloc(24, text).toString('base64')}`)
    await start({ secret: secrets })
    world.feed.record({})
    await received(1)
    const [request] = world.receiver.requests
    if (!request) throw new Error('no request')
    expect(secrets.map((secret) => hasSignature(request, secret))).toEqual([true, true])
    expect(hasSignature(request, webhookSecret)).toBe(false)
  })

  it('is sent again with the same id, the same body and the time of the attempt until it is accepted', async () => {
    world.receiver.answerWith(() => ({ status: world.receiver.requests.length < 3 ? 503 : 200 }))
    const { attempts } = await start()
    world.feed.record({})
    await received(1)
    await logged('notification not delivered')
    expect([await untilNextRequest(), await untilNextRequest()]).toEqual([10, 30])
    await logged('notification delivered')
    const { requests, ids } = world.receiver
    expect(new Set(ids).size).toBe(1)
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
    expect(requests.map((request) => hasSignature(request, webhookSecret))).toEqual([true, true, true])
    const times = requests.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 10, 40])
    expect(attempts).toEqual(['notify[0] failed', 'notify[0] failed', 'notify[0] delivered'])
  })

  it('is given up after a day', async () => {
    world.receiver.answerWith(() => ({ status: 500 }))
    const { attempts, statuses } = await start()
    world.feed.record({})
    await received(1)
    await logged('notification not delivered')
    const from = world.clock.elapsed()
    expect(statuses()).toMatchObject([{ queued: 1, failure: 'answered 500' }])
    while (statuses()[0]?.queued === 1) await untilNextRequest()
    const hours = (world.clock.elapsed() - from) / 3_600_000
    expect(hours).toBeCloseTo(24, 2)
    expect(world.receiver.requests.length).toBeGreaterThan(10)
    expect(attempts.slice(-2)).toEqual(['notify[0] failed', 'notify[0] given_up'])
    expect(world.lines.at(-1)).toMatchObject({ level: 50, msg: expect.stringMatching(/^notification given up/) })
    await passTime(world, 86_400_000)
    expect(statuses()[0]?.queued).toBe(0)
  }, 30_000)

  it.each([
    ['seconds', () => '120'],
    ['a date', () => new Date(world.clock.now() + 120_000).toUTCString()],
  ])('waits as long as Retry-After asks for, in %s, and so do the others', async (_, header) => {
    const date = () => new Date(world.clock.now()).toUTCString()
    world.receiver.answerWith(() => ({ status: 429, headers: { 'retry-after': header(), date: date() } }))
    await start()
    world.feed.record({})
    await received(1)
    await logged('notification not delivered')
    world.receiver.answerWith(() => ({ status: 200 }))
    world.feed.record({})
    await passTime(world, 119_000, 10_000)
    expect(world.receiver.requests).toHaveLength(1)
    await passTime(world, 2_000)
    await received(3)
  })

  it('waits at most an hour for Retry-After', async () => {
    world.receiver.answerWith(() => ({ status: 503, headers: { 'retry-after': '86400' } }))
    const { statuses } = await start()
    world.feed.record({})
    await logged('notification not delivered')
    expect(statuses()).toMatchObject([{ pausedUntil: world.clock.now() + 3_600_000 }])
    expect(await untilNextRequest()).toBe(3_600)
  })

  it('is not sent to where a redirect points', async () => {
    world.receiver.answerWith(() => ({ status: 307, headers: { location: `${world.receiver.url}/elsewhere` } }))
    await start()
    world.feed.record({})
    await logged('notification not delivered')
    expect(world.lines.at(-1)).toMatchObject({ reason: 'answered 307, and redirects are not followed' })
    expect(world.receiver.requests).toHaveLength(1)
  })

  it('fails when the receiver does not answer within 10 s', async () => {
    world.receiver.answerWith(() => null)
    await start()
    world.feed.record({})
    await received(1)
    await passTime(world, 10_000, 1_000)
    await logged('notification not delivered')
    expect(world.lines.at(-1)).toMatchObject({ reason: 'no answer within 10 s' })
  })

  it.each([
    ['a port without a receiver', 'https://127.0.0.1:1/', /^not connected \(ECONNREFUSED\)$/],
    ['a name that is not found', 'https://hush.invalid/', /^the host was not found \(E\w+\)$/],
  ])('fails for %s, and the log has no part of the URL', async (_, url, reason) => {
    const path = 'hush-0123456789abcdef'
    await start({ url: `${url}/${path}` })
    world.feed.record({})
    await logged('notification not delivered')
    expect(world.lines.at(-1)).toMatchObject({ endpoint: 'notify[0]', reason: expect.stringMatching(reason) })
    expect(JSON.stringify(world.lines)).not.toMatch(/hush|127\.0\.0\.1/)
  })
})

describe('an attempt', () => {
  it.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'no trusted TLS connection'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'no trusted TLS connection'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'no trusted TLS connection'],
    ['INVALID_PURPOSE', 'no trusted TLS connection'],
    ['PATH_LENGTH_EXCEEDED', 'no trusted TLS connection'],
    ['EPROTO', 'no trusted TLS connection'],
    ['ECONNRESET', 'not connected'],
  ])('that ends with %s fails because of: %s', async (code, reason) => {
    const send = () => Promise.reject(Object.assign(new Error('hush'), { code }))
    const endpoint = { url: world.receiver.url, secrets: [], format: 'json' as const }
    const dependencies = { clock: world.clock, transport: { send }, version: '1' }
    const result = await attemptDelivery(endpoint, { id: 'msg_1', body: '{}' }, dependencies)
    expect(result).toMatchObject({ kind: 'failed', reason: `${reason} (${code})` })
  })

  it('fails for a name with addresses that are not public only', async () => {
    const lookup: LookupAll = (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])
    const transport = createTransport('none', createConnector({ allowPrivate: false, lookup }))
    const url = world.receiver.url.replace('127.0.0.1', 'hooks.example')
    const message = { id: 'msg_1', body: '{}' }
    const result = await attemptDelivery({ url, secrets: [], format: 'json' }, message, {
      clock: world.clock,
      transport,
      version: '1',
    })
    expect(result).toEqual({
      kind: 'failed',
      reason: 'the host has no public address; expected one that has, or "allowPrivate: true"',
      retryAfter: null,
    })
    expect(world.receiver.requests).toEqual([])
    await transport.close()
  })
})

describe('an endpoint', () => {
  it('gets nothing of what was before it', async () => {
    world.feed.record({}, {}, {})
    await start()
    world.feed.record({ name: 'the next one' })
    await received(1)
    await passTime(world, 60_000)
    expect(world.receiver.messages.map(({ data }) => data['change'])).toMatchObject([{ name: 'the next one' }])
  })

  it('continues after a restart, with what has happened meanwhile', async () => {
    await (await start()).close()
    world.feed.record({ name: 'meanwhile' })
    await start()
    await received(1)
    expect(world.receiver.messages[0]?.data['change']).toMatchObject({ name: 'meanwhile' })
  })

  it('sends a message that waits for a retry after a restart, with the same id', async () => {
    world.receiver.answerWith(() => ({ status: 503 }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    await first.close()
    world.receiver.answerWith(() => ({ status: 200 }))
    const second = await start({ name: 'renamed' })
    expect(second.statuses()).toMatchObject([{ label: 'renamed', queued: 1 }])
    expect(await untilNextRequest()).toBe(10)
    expect(new Set(world.receiver.ids).size).toBe(1)
  })

  it.each([
    ['a failed attempt', 1],
    ['a message that was given up', 0],
  ])('fails after a restart, and for the next holder of the lease, because of %s', async (_, queued) => {
    world.receiver.answerWith(() => ({ status: 503 }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    if (queued === 0) {
      while (first.statuses()[0]?.queued === 1) await untilNextRequest()
    }
    const waiting = startTestNotifier(world)
    world.running.push(waiting)
    await first.close()
    await passTime(world, 2_000)
    await until(() => waiting.statuses().length > 0)
    expect(waiting.statuses()).toMatchObject([{ failure: 'answered 503', queued }])
    await waiting.close()
    const { statuses } = await start()
    expect(statuses()).toMatchObject([{ failure: 'answered 503', queued }])
    world.receiver.answerWith(() => ({ status: 200 }))
    world.feed.record({})
    await logged('notification delivered')
    expect(statuses()).toMatchObject([{ failure: null }])
  })

  it('is paused by Retry-After, also after a restart, until its settings change', async () => {
    world.receiver.answerWith(() => ({ status: 429, headers: { 'retry-after': '1800' } }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    const pausedUntil = world.clock.now() + 1_800_000
    expect(first.statuses()).toMatchObject([{ pausedUntil }])
    await first.close()
    world.receiver.answerWith(() => ({ status: 200 }))
    const second = await start()
    expect(second.statuses()).toMatchObject([{ pausedUntil, failure: 'answered 429' }])
    await passTime(world, 60_000)
    expect(world.receiver.requests).toHaveLength(1)
    await second.close()
    const third = await start({ name: 'again' })
    await received(2)
    await until(() => third.statuses()[0]?.failure === null)
    expect(third.statuses()).toMatchObject([{ pausedUntil: null, queued: 0 }])
  })

  it('waits no longer than otherwise when the wall clock was ahead before a restart', async () => {
    const day = 86_400_000
    world.clock.adjustWallClock(30 * day)
    world.receiver.answerWith(() => ({ status: 429, headers: { 'retry-after': '600' } }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    await first.close()
    world.clock.adjustWallClock(-30 * day)
    world.receiver.answerWith(() => ({ status: 200 }))
    const second = await start()
    const pausedUntil = world.clock.now() + 3_600_000
    expect(second.statuses()).toMatchObject([{ pausedUntil, queued: 1 }])
    await passTime(world, 3_600_000)
    await received(2)
    await until(() => second.statuses()[0]?.queued === 0)
    expect(second.statuses()).toMatchObject([{ pausedUntil: null, failure: null }])
  })

  it('tries a message again soon when the wall clock was ahead before a restart, and for a day', async () => {
    const day = 86_400_000
    world.clock.adjustWallClock(30 * day)
    world.receiver.answerWith(() => ({ status: 503 }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    await first.close()
    world.clock.adjustWallClock(-30 * day)
    await start()
    await passTime(world, 12_000)
    await received(2)
    await passTime(world, 2 * day, 600_000)
    expect(world.lines.at(-1)?.['msg']).toMatch(/^notification given up/)
  })

  it('is not paused any more when the time is over', async () => {
    world.receiver.answerWith(() => ({ status: 503, headers: { 'retry-after': '1' } }))
    const { statuses } = await start()
    world.feed.record({})
    await logged('notification not delivered')
    await passTime(world, 1_000)
    expect(statuses()).toMatchObject([{ pausedUntil: null, failure: 'answered 503', queued: 1 }])
  })

  it('keeps its messages when it has another position in the file', async () => {
    world.receiver.answerWith(() => ({ status: 503 }))
    const first = await start()
    world.feed.record({})
    await logged('notification not delivered')
    await first.close()
    const second = await start({ url: 'https://127.0.0.1:1/other' }, {})
    expect(second.statuses()).toMatchObject([{ queued: 0 }, { label: 'notify[1]', queued: 1 }])
  })

  it('is stopped by 410, also after a restart, until its settings change', async () => {
    world.receiver.answerWith(() => ({ status: 410 }))
    const first = await start()
    world.feed.record({}, {}, {})
    await logged('the receiver has answered 410')
    expect(first.statuses()).toMatchObject([{ isStopped: true, queued: 0 }])
    expect(world.lines.at(-1)).toMatchObject({ level: 50, endpoint: 'notify[0]', dropped: 3 })
    world.receiver.answerWith(() => ({ status: 200 }))
    world.feed.record({})
    await passTime(world, 86_400_000)
    await first.close()
    const second = await start()
    expect(second.statuses()).toMatchObject([{ isStopped: true }])
    world.feed.record({})
    await passTime(world, 3_600_000)
    expect(world.receiver.requests).toHaveLength(1)
    await second.close()
    const third = await start({ name: 'again' })
    expect(third.statuses()).toMatchObject([{ isStopped: false }])
    world.feed.record({ name: 'after the change' })
    await received(2)
    expect(world.receiver.messages[1]?.data['change']).toMatchObject({ name: 'after the change' })
  })

  it('starts anew when what was kept is not readable', async () => {
    const first = await start()
    world.feed.record({})
    await received(1)
    await first.close()
    const { texts } = world.replicas
    world.replicas.texts = (kind) => (kind === 'notify' ? { ...texts(kind), get: () => '{"version":7}' } : texts(kind))
    await start()
    world.feed.record({ name: 'anew' })
    await received(2)
    expect(world.receiver.messages[1]?.data['change']).toMatchObject({ name: 'anew' })
    expect(world.lines.map(({ msg }) => msg)).toContain('what was kept of the endpoint is not readable: it begins anew')
  })

  it('is served by one of the processes that share a lease', async () => {
    const first = await start()
    const second = startTestNotifier(world)
    world.running.push(second)
    world.feed.record({})
    await received(1)
    expect(second.statuses()).toEqual([])
    await first.close()
    await passTime(world, 2_000)
    expect(second.statuses()).toHaveLength(1)
    world.feed.record({})
    await received(2)
    await passTime(world, 60_000)
    expect(new Set(world.receiver.ids).size).toBe(2)
    expect(world.receiver.requests).toHaveLength(2)
  })
})

describe('backoff', () => {
  it('grows threefold up to four hours, shorter or longer by a fifth', () => {
    const pauses = (random: number) => [1, 2, 3, 4, 8, 9, 20].map((attempts) => backoff(attempts, random) / 1000)
    expect(pauses(0.5)).toEqual([10, 30, 90, 270, 14_400, 14_400, 14_400])
    expect(pauses(0)).toEqual([8, 24, 72, 216, 11_520, 11_520, 11_520])
    expect(pauses(1)).toEqual([12, 36, 108, 324, 17_280, 17_280, 17_280])
  })
})
