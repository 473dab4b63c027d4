import { Buffer } from 'node:buffer'
import { webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FetchAPI } from 'graphql-yoga'
import { chooseEncoding, type Encoding } from './accept-encoding.ts'
import { matchesTag } from './entity-tag.ts'

/** For a URL whose content never changes, such as one that contains a hash of it. */
export const immutable = 'public, max-age=31536000, immutable'
/** For a URL whose content may change: a client keeps the body, and asks each time whether it is still the same. */
export const revalidated = 'no-cache'

export interface AssetOptions {
  readonly contentType: string
  readonly cacheControl: string
  /** Further headers of each response, 304 included. */
  readonly headers?: Readonly<Record<string, string>>
  /** A request header, besides Accept-Encoding, that selects between this body and others at the same URL. */
  readonly vary?: string
  /** The encodings of the body, the best one first. Default: both. None for a format that is compressed already. */
  readonly encodings?: readonly Encoding[]
  /** The body in an encoding, if it was compressed before. Any other is compressed when it is first requested. */
  readonly encoded?: Readonly<Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>>
}

/** A static body. It is compressed once per encoding, in a thread of its own, and its compressed bytes are kept. */
export interface Asset {
  /** Answers GET and HEAD, with the fetch API of Yoga. */
  respond(request: Request, fetchAPI: Pick<FetchAPI, 'Response'>): Promise<Response>
}

interface Variant {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly tag: string
}

const zip = promisify(gzip)
const brotli = promisify(brotliCompress)

/** Higher levels of brotli take several times as long and save a twentieth. */
const brotliQuality = 5

const compressors = {
  gzip: (body) => zip(body),
  br: (body) =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
} satisfies Record<Encoding, (body: Uint8Array) => Promise<Buffer<ArrayBuffer>>>

export function createAsset(
  body: string | Uint8Array<ArrayBuffer>,
  { contentType, cacheControl, headers = {}, vary, encodings = ['br', 'gzip'], encoded = {} }: AssetOptions,
): Asset {
  const plain = typeof body === 'string' ? Buffer.from(body) : body
  const variants = new Map<Encoding | 'identity', Promise<Variant>>()
  const varying = vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`
  const ofAll = { ...headers, 'cache-control': cacheControl, vary: varying }
  let digest: Promise<string> | undefined

  async function createVariant(encoding: Encoding | 'identity'): Promise<Variant> {
    digest ??= toDigest(plain)
    const isPlain = encoding === 'identity'
    const bytes = isPlain ? plain : (encoded[encoding] ?? (await compressors[encoding](plain)))
    // RFC 9110, 8.8.3.3: each encoding has other bytes, and so a strong tag of its own.
    return { bytes, tag: `"${await digest}${isPlain ? '' : `-${encoding}`}"` }
  }

  /** Once per encoding, also for requests that arrive while it is compressed. */
  function toVariant(encoding: Encoding | 'identity'): Promise<Variant> {
    const known = variants.get(encoding)
    if (known !== undefined) return known
    const created = createVariant(encoding)
    variants.set(encoding, created)
    return created
  }

  return {
    async respond(request, { Response }) {
      const encoding = chooseEncoding(request.headers.get('accept-encoding'), encodings)
      if (encoding === undefined) {
        const message = `No encoding is acceptable. Accept one of: ${[...encodings, 'identity'].join(', ')}.\n`
        return new Response(message, {
          status: 406,
          headers: {
            'cache-control': 'no-store',
            'content-type': 'text/plain; charset=utf-8',
            'content-length': String(message.length),
            vary: varying,
          },
        })
      }
      const { bytes, tag } = await toVariant(encoding)
      const kept = { ...ofAll, etag: tag }
      if (matchesTag(request.headers, tag)) {
        return new Response(null, { status: 304, headers: kept })
      }
      const ofBody = {
        'content-type': contentType,
        'content-length': String(bytes.length),
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
      }
      return new Response(request.method === 'HEAD' ? null : bytes, { headers: { ...kept, ...ofBody } })
    },
  }
}

/** Returns the SHA-256 as base64url. In a thread of its own: some bodies have megabytes. */
export async function toDigest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', body)).toString('base64url')
}
