import { Buffer } from 'node:buffer'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { type AssetOptions, createAsset, revalidated } from '../../src/server/asset.ts'

const text = 'A line that is repeated.\n'.repeat(1_000)
const options: AssetOptions = { contentType: 'text/css; charset=utf-8', cacheControl: revalidated }

function respond(headers: Record<string, string> = {}, method = 'GET', asset = createAsset(text, options)) {
  return asset.respond(new Request('http://localhost/style.css', { method, headers }), { Response })
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('an asset', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is compressed with %s', async (encoding, decompress) => {
    const response = await respond({ 'accept-encoding': encoding })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-encoding': encoding,
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
    })
    const bytes = await bytesOf(response)
    expect(Number(response.headers.get('content-length'))).toBe(bytes.length)
    expect(bytes.length).toBeLessThan(text.length / 20)
    expect(decompress(bytes).toString()).toBe(text)
  })

  it('is not compressed for a client that does not accept it', async () => {
    const response = await respond()
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('content-length')).toBe(String(text.length))
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(await response.text()).toBe(text)
  })

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['x-gzip', 'gzip'],
    ['BR;Q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.000, gzip;q=0.001', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['*;q=0.5, gzip;q=0.4', 'br'],
    ['identity, gzip;q=0.5', null],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['identity, gzip', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['', null],
    ['zstd, deflate', null],
    ['br;q=0, gzip;q=0', null],
    ['identity', null],
    ['identity, *;q=0', null],
    ['br;q=2x, nonsense=1', null],
  ])('has the best encoding that a client accepts: %s', async (accepted, encoding) => {
    const response = await respond({ 'accept-encoding': accepted })
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, encoding])
  })

  it.each(['identity;q=0', '*;q=0', 'zstd, identity;q=0.0', 'gzip;q=0, br;q=0, identity;q=0'])(
    'is refused to a client that excludes every encoding: %s',
    async (accepted) => {
      const response = await respond({ 'accept-encoding': accepted })
      expect(response.status).toBe(406)
      expect(await response.text()).toContain('br, gzip, identity')
    },
  )

  it('has a strong tag for each encoding', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (each) => (await respond({ 'accept-encoding': each })).headers.get('etag')),
    )
    for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/)
    expect(new Set(tags).size).toBe(3)
    expect((await respond({ 'accept-encoding': 'br' })).headers.get('etag')).toBe(tags[0])
    const other = createAsset(`${text}!`, options)
    expect((await respond({ 'accept-encoding': 'br' }, 'GET', other)).headers.get('etag')).not.toBe(tags[0])
  })

  it.each([
    ['its tag', (tag: string) => tag],
    ['its tag as a weak one', (tag: string) => `W/${tag}`],
    ['a list', (tag: string) => `"a,b", W/"other" ,${tag}`],
    ['any', () => '*'],
  ])('is not sent again to a client that has it: %s', async (_what, toHeader) => {
    const tag = (await respond({ 'accept-encoding': 'br' })).headers.get('etag') ?? ''
    const headers = { 'accept-encoding': 'br', 'if-none-match': toHeader(tag) }
    for (const method of ['GET', 'HEAD']) {
      const response = await respond(headers, method)
      expect([response.status, await response.text()]).toEqual([304, ''])
      expect(Object.fromEntries(response.headers)).toEqual({
        'cache-control': 'no-cache',
        vary: 'Accept-Encoding',
        etag: tag,
      })
    }
  })

  it('is sent to a client that has another one', async () => {
    const tag = (await respond({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? ''
    for (const known of [tag, tag.slice(1, -1), `${tag.slice(0, -1)}`, '', '"*"', 'W/']) {
      const response = await respond({ 'accept-encoding': 'br', 'if-none-match': known })
      expect(response.status).toBe(200)
    }
  })

  it('has the headers of its body and no body for HEAD', async () => {
    for (const accepted of ['br', 'gzip', 'identity']) {
      const headers = { 'accept-encoding': accepted }
      const [get, head] = [await respond(headers), await respond(headers, 'HEAD')]
      expect(await head.text()).toBe('')
      expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers))
    }
  })

  it('is compressed once, also for requests at the same time', async () => {
    const asset = createAsset(text, options)
    const bodies: unknown[] = []
    class RecordingResponse extends Response {
      constructor(body?: BodyInit | null, init?: ResponseInit) {
        super(body, init)
        bodies.push(body)
      }
    }
    const request = () => new Request('http://localhost/style.css', { headers: { 'accept-encoding': 'br' } })
    const get = () => asset.respond(request(), { Response: RecordingResponse })
    await Promise.all([get(), get()])
    await get()
    expect(bodies).toHaveLength(3)
    expect(bodies[1]).toBe(bodies[0])
    expect(bodies[2]).toBe(bodies[0])
  })

  it('has the bytes that were compressed before', async () => {
    const gzip = gzipSync(text, { level: 9 })
    const asset = createAsset(text, { ...options, encoded: { gzip } })
    expect((await bytesOf(await respond({ 'accept-encoding': 'gzip' }, 'GET', asset))).equals(gzip)).toBe(true)
    const brotli = await bytesOf(await respond({ 'accept-encoding': 'br' }, 'GET', asset))
    expect(brotliDecompressSync(brotli).toString()).toBe(text)
  })

  it('has only the encodings that it is given', async () => {
    const asset = createAsset(Buffer.from([1, 2, 3]), { ...options, encodings: [] })
    const response = await respond({ 'accept-encoding': 'br, gzip' }, 'GET', asset)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect([...(await bytesOf(response))]).toEqual([1, 2, 3])
  })

  it('has the further headers that it is given, in 304 too', async () => {
    const asset = createAsset(text, { ...options, headers: { 'content-security-policy': "default-src 'none'" } })
    const first = await respond({}, 'GET', asset)
    const again = await respond({ 'if-none-match': first.headers.get('etag') ?? '' }, 'GET', asset)
    expect([first.status, again.status]).toEqual([200, 304])
    for (const { headers } of [first, again]) expect(headers.get('content-security-policy')).toBe("default-src 'none'")
  })
})
