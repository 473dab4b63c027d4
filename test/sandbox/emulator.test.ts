import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Emulator, startEmulator } from '../../src/sandbox/emulator.ts'
import { createRouter } from '../../src/sandbox/router.ts'
import { until } from '../support/until.ts'

let emulator: Emulator
let applied: string[]

beforeEach(async () => {
  applied = []
  const router = createRouter({
    'GET /rows': () => ({ status: 200, body: { rows: [{ id: 1 }, { id: 2 }] } }),
    'POST /rows': ({ call }) => ({ status: 201, headers: { 'content-type': 'text/plain' }, body: call.body }),
    'GET /rows/:rowId/parts/:partId': ({ params }) => ({ status: 200, body: params }),
    'PUT /rows': ({ call }) => {
      applied.push(call.body)
      return { status: 200, body: { applied } }
    },
    'GET /broken': () => {
      throw new Error('unexpected')
    },
  })
  emulator = await startEmulator(router, { headers: () => ({ 'x-request-id': 'r1' }) })
})

afterEach(() => emulator.close())

const get = (path: string, init?: RequestInit) => fetch(`${emulator.url}${path}`, init)

describe('a call', () => {
  it('is recorded with its request and its status', async () => {
    const response = await get('/rows?x=%2F&y=a%3Ab', { method: 'POST', body: 'hello', headers: { 'x-own': 'mine' } })
    expect(await response.text()).toBe('hello')
    const [call] = emulator.calls
    expect(call).toMatchObject({
      method: 'POST',
      target: '/rows?x=%2F&y=a%3Ab',
      path: '/rows',
      body: 'hello',
      status: 201,
      aborted: false,
    })
    expect(call?.query.get('x')).toBe('/')
    expect(call?.headers['x-own']).toBe('mine')
  })

  it('is routed with decoded parameters', async () => {
    const response = await get('/rows/a%20b/parts/7')
    expect(await response.json()).toEqual({ rowId: 'a b', partId: '7' })
  })

  it('gets a 501 and is listed as unknown when it has no route', async () => {
    await get('/rows')
    const responses = await Promise.all([get('/rows/1'), get('/rows', { method: 'DELETE' }), get('/other')])
    expect(responses.map(({ status }) => status)).toEqual([501, 501, 501])
    expect(emulator.unknown.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /rows',
      'GET /other',
      'GET /rows/1',
    ])
  })

  it('gets a 500 with the reason when the handler throws', async () => {
    const response = await get('/broken')
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('unexpected')
  })

  it('is delayed by the latency at the time of its response', async () => {
    emulator.latency = 3_600_000
    const delayed = expect(get('/rows?delayed')).rejects.toThrow('fetch failed')
    await until(() => emulator.calls.length === 1)
    emulator.latency = 0
    await get('/rows')
    expect(emulator.calls.map(({ status }) => status)).toEqual([null, 200])
    await emulator.close()
    await delayed
  })

  it('is marked as aborted when its client disconnects, and the emulator continues', async () => {
    emulator.fault({ effect: 'hang', times: 1 })
    const client = new AbortController()
    const left = get('/rows', { signal: client.signal }).catch((error: unknown) => error)
    await until(() => emulator.calls.length === 1)
    client.abort()
    await left
    await until(() => emulator.calls[0]?.aborted === true)
    expect((await get('/rows')).status).toBe(200)
    expect(emulator.calls.map(({ aborted, status }) => ({ aborted, status }))).toEqual([
      { aborted: true, status: null },
      { aborted: false, status: 200 },
    ])
  })
})

describe('maxInFlight', () => {
  it('is the highest number of concurrent calls, and is reset to zero', async () => {
    const release = emulator.fault({ effect: 'hang' })
    const client = new AbortController()
    const hanging = [1, 2, 3].map(() => get('/rows', { signal: client.signal }).catch(() => undefined))
    await until(() => emulator.calls.length === 3)
    release()
    client.abort()
    await Promise.all(hanging)
    await until(() => emulator.calls.every(({ aborted }) => aborted))
    expect(emulator.maxInFlight).toBe(3)

    emulator.reset()
    expect(emulator.calls).toEqual([])
    for (let i = 0; i < 5; i++) await (await get('/rows')).text()
    expect(emulator.maxInFlight).toBe(1)
  })
})

describe('a fault', () => {
  it('can hang until the emulator closes', async () => {
    emulator.fault({ effect: 'hang' })
    const hanging = expect(get('/rows')).rejects.toThrow('fetch failed')
    await until(() => emulator.calls.length === 1)
    await emulator.close()
    await hanging
    expect(emulator.calls[0]).toMatchObject({ status: null, aborted: false })
  })

  it('can reset the connection', async () => {
    emulator.fault({ effect: 'reset', times: 1 })
    await expect(get('/rows')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    await get('/rows')
    expect(emulator.calls[0]).toMatchObject({ status: null, aborted: false })
  })

  it('can replace the response, with the headers of every response', async () => {
    emulator.fault({ effect: { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' } })
    const response = await get('/rows')
    expect(response.status).toBe(502)
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(response.headers.get('x-request-id')).toBe('r1')
    expect(await response.text()).toBe('<h1>Bad gateway</h1>')
  })

  it('can rewrite the JSON of the real response', async () => {
    emulator.fault({ effect: { patch: (body) => ({ ...(body as object), note: 'rewritten' }) } })
    expect(await (await get('/rows')).json()).toEqual({ rows: [{ id: 1 }, { id: 2 }], note: 'rewritten' })
  })

  describe('after the vendor has executed the call', () => {
    const put = (body: string) => get('/rows', { method: 'PUT', body })

    it('can withhold the response', async () => {
      emulator.fault({ effect: { applied: 'hang' } })
      const client = new AbortController()
      const hanging = get('/rows', { method: 'PUT', body: 'one', signal: client.signal }).catch(() => 'left')
      await until(() => applied.length === 1)
      client.abort()
      expect(await hanging).toBe('left')
      await until(() => emulator.calls[0]?.aborted === true)
      expect(applied).toEqual(['one'])
      expect(emulator.calls[0]?.status).toBeNull()
    })

    it('can reset the connection', async () => {
      emulator.fault({ effect: { applied: 'reset' } })
      await expect(put('one')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
      expect(applied).toEqual(['one'])
      expect(emulator.calls[0]).toMatchObject({ status: null, aborted: false })
    })

    it('can replace the response', async () => {
      emulator.fault({ effect: { applied: { status: 504, body: 'too late' } } })
      const response = await put('one')
      expect(response.status).toBe(504)
      expect(await response.text()).toBe('too late')
      expect(applied).toEqual(['one'])
    })

    it('is different from a fault before the call, which changes nothing', async () => {
      emulator.fault({ effect: { status: 504 } })
      await put('one')
      expect(applied).toEqual([])
    })

    it('does not hide a missing route', async () => {
      emulator.fault({ effect: { applied: 'hang' } })
      expect((await get('/other')).status).toBe(501)
      expect(emulator.unknown).toHaveLength(1)
    })
  })

  it('applies to the calls it matches, the given number of times', async () => {
    emulator.fault({ match: ({ query }) => query.has('bad'), times: 2, effect: { status: 500 } })
    const statuses: number[] = []
    for (const path of ['/rows?bad', '/rows', '/rows?bad', '/rows?bad']) statuses.push((await get(path)).status)
    expect(statuses).toEqual([500, 200, 500, 200])
  })

  it('is overridden by a newer fault until that is switched off', async () => {
    emulator.fault({ effect: { status: 500 } })
    const switchOff = emulator.fault({ effect: { status: 503 } })
    expect((await get('/rows')).status).toBe(503)
    switchOff()
    switchOff()
    expect((await get('/rows')).status).toBe(500)
    emulator.reset()
    expect((await get('/rows')).status).toBe(200)
  })
})
