import { type DerElement, readOctets } from './der.ts'

/**
 * The text of an ASN.1 string, or null when the element is not one or has no valid text. The character sets are those of
 * OpenSSL: a string of a type with single bytes is read as ISO 8859-1.
 */
export function readText(element: DerElement): string | null {
  const decode = decoders.get(element.tag)
  if (!decode) return null
  try {
    return decode(readOctets(element))
  } catch {
    return null
  }
}

/** UTF-8, or null when the bytes are not valid UTF-8. */
export function readUtf8(bytes: Buffer): string | null {
  try {
    return decodeUtf8(bytes)
  } catch {
    return null
  }
}

type Decode = (bytes: Buffer) => string

const strict = { fatal: true, ignoreBOM: true }
const decodeUtf8: Decode = (bytes) => new TextDecoder('utf-8', strict).decode(bytes)
const decodeUtf16: Decode = (bytes) => new TextDecoder('utf-16be', strict).decode(bytes)
const decodeLatin1: Decode = (bytes) => bytes.toString('latin1')

const decodeUtf32: Decode = (bytes) => {
  if (bytes.length % 4 !== 0) throw new Error('not a whole number of characters')
  const characters = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32BE(index * 4))
  const text = characters.map((character) => String.fromCodePoint(character)).join('')
  if (/\p{Surrogate}/u.test(text)) throw new Error('half of a surrogate pair')
  return text
}

/** By the universal tag (ITU-T X.680, 8.4). */
const decoders: ReadonlyMap<number, Decode> = new Map([
  [12, decodeUtf8], // UTF8String
  [18, decodeLatin1], // NumericString
  [19, decodeLatin1], // PrintableString
  [20, decodeLatin1], // T61String
  [22, decodeLatin1], // IA5String
  [23, decodeLatin1], // UTCTime
  [24, decodeLatin1], // GeneralizedTime
  [26, decodeLatin1], // VisibleString
  [28, decodeUtf32], // UniversalString
  [30, decodeUtf16], // BMPString
])
