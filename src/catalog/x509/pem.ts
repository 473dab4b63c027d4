import { readElement, tags } from './der.ts'

/** The labels that OpenSSL accepts for a certificate. */
const block = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----(.*?)-----(END \1-----)?/s

/** More characters than any real certificate, and those that come with it, have in PEM. */
const maxLength = 256 * 1024

/**
 * The first certificate of a PEM text, in DER and without the bytes that follow it.
 * @throws when the text has none, or it is cut off, or is longer than 256 KiB
 */
export function derOf(pem: string): Buffer<ArrayBuffer> {
  if (pem.length > maxLength) throw new Error(`${pem.length} characters of PEM; expected at most ${maxLength}`)
  const [, , body, end] = block.exec(pem) ?? []
  if (body === undefined || end === undefined) throw new Error('the text has no certificate in PEM')
  return splitElements(decodeBody(body)).first
}

/** The PEM of a certificate, in lines of 64 characters. */
export function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/**
 * The bytes of a PEM block. Vendors return PEM on one line, or with spaces or `\n` in place of line breaks. Strict parsers
 * reject both, so whitespace is removed: base64 ignores it.
 */
export function decodeBody(body: string): Buffer<ArrayBuffer> {
  const { base64 } = splitHeaders(body)
  // Four characters encode three bytes.
  const bytes = Buffer.alloc(Math.ceil((base64.length * 3) / 4))
  let length = 0
  // Padding ends a text in base64, and another one may follow.
  for (const [text] of base64.matchAll(/[^=]+=*/g)) length += bytes.write(text, length, 'base64')
  return bytes.subarray(0, length)
}

/** The base64 of a PEM block, and whether it has headers before it (RFC 1421, 4.6). */
export function splitHeaders(body: string): { readonly base64: string; readonly hasHeaders: boolean } {
  const lines = body.replace(/\\r|\r(?=\n)/g, '').replace(/\\n|\r/g, '\n')
  const headers = /^\s*(?:[A-Za-z][\w-]*:.*\n(?:[ \t]+\S.*\n)*)+\s*/.exec(lines)?.[0] ?? ''
  return { base64: lines.slice(headers.length).replace(/\s/g, ''), hasHeaders: headers !== '' }
}

/** The first SEQUENCE of the bytes, and what follows it. @throws when there is none, or it is cut off */
export function splitElements(bytes: Buffer<ArrayBuffer>): {
  readonly first: Buffer<ArrayBuffer>
  readonly rest: Buffer<ArrayBuffer>
} {
  const { tag, encoded } = readElement(bytes)
  if (tag !== tags.sequence) throw new Error('not a certificate')
  return { first: bytes.subarray(0, encoded.length), rest: bytes.subarray(encoded.length) }
}
