import { domainToASCII } from 'node:url'

/**
 * A serial number as lower-case hex bytes without leading zero bytes; a negative one with a leading `-`, as OpenSSL writes
 * it. Null when it is not a hex number.
 */
export function hexSerial(text: string): string | null {
  const plain = plainHexDigits(text)
  if (plain !== null) return toSignedBytes('', plain)
  const [, sign = '', unsigned = ''] = /^\s*(-?)(.*)$/s.exec(text) ?? []
  const digits = hexDigits(unsigned)
  return digits === null ? null : toSignedBytes(sign, digits)
}

/** A decimal serial number as `hexSerial` writes it. Null when it is not a decimal number of up to 100 digits. */
export function decimalSerial(text: string): string | null {
  const [, sign = '', digits = ''] = /^(-?)(\d{1,100})$/.exec(text.trim()) ?? []
  return digits === '' ? null : toSignedBytes(sign, BigInt(digits).toString(16))
}

function toSignedBytes(sign: string, digits: string): string {
  const significant = digits.startsWith('0') ? digits.replace(/^0+(?=.)/, '') : digits
  const bytes = significant.length % 2 === 0 ? significant : `0${significant}`
  return bytes === '00' ? bytes : `${sign}${bytes}`
}

/** A SHA-256 fingerprint as 64 lower-case hex digits. Null when it is anything else. */
export function hexFingerprint(text: string): string | null {
  const digits = hexDigits(text)
  return digits?.length === 64 ? digits : null
}

/** The key algorithms that vendors write in upper or lower case. */
const keyAlgorithms = ['RSA', 'ECDSA']

/** A key algorithm as X.509 details have it, also where a vendor writes it in another case. */
export function toKeyAlgorithm(text: string): string {
  if (keyAlgorithms.includes(text)) return text
  const upper = text.toUpperCase()
  return keyAlgorithms.includes(upper) ? upper : text
}

/** Names without duplicates, in the order of their first occurrence. */
export function toSubjectAltNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

/** Names are compared by this many UTF-16 code units: those of vendors have no limit. */
export const maxComparedLength = 1024

const ascii = /^\p{ASCII}*$/u

/** A name in a form for comparison: independent of case, Unicode composition and locale. */
export function fold(text: string): string {
  const compared = text.slice(0, maxComparedLength)
  if (ascii.test(compared)) return compared.toLowerCase()
  return compared
    .replace(/\p{M}+/gu, splitMarks)
    .normalize('NFC')
    .toLowerCase()
}

/** No language needs more combining marks in sequence (UAX #15, 13). */
const maxMarks = 30

/**
 * Inserts U+034F into a long sequence of combining marks. It ends the part that normalization sorts, in a time that grows
 * with the square of its length.
 */
function splitMarks(marks: string): string {
  if (marks.length <= maxMarks) return marks
  const isStart = (index: number) => index > 0 && index % maxMarks === 0
  return Array.from(marks, (mark, index) => (isStart(index) ? `\u034f${mark}` : mark)).join('')
}

/** A DNS name has at most 253 characters (RFC 1035, 2.3.4). Converting takes a time that grows with the square of them. */
const maxDnsNameLength = 253

/** A DNS name in ASCII: labels in other scripts as A-labels (RFC 5890). Any other name is returned unchanged. */
export function toAsciiName(name: string): string {
  if (name.length > maxDnsNameLength || ascii.test(name)) return name
  return domainToASCII(name) || name
}

const asciiNames = new WeakMap<readonly string[], readonly string[]>()

/** DNS names in the form for comparison: in lower case, and in ASCII. Those of a list with others are converted once. */
export function toComparableNames(names: readonly string[]): readonly string[] {
  // Nearly all lists are in ASCII. They are not kept twice.
  if (names.every((name) => ascii.test(name))) return names.map((name) => name.toLowerCase())
  const known = asciiNames.get(names)
  if (known) return known
  const comparable = names.map((name) => toAsciiName(name.toLowerCase()))
  asciiNames.set(names, comparable)
  return comparable
}

/** Comparing this many names takes about as long as testing a row. */
const namesPerRow = 16

/** The work of comparing the names of a row, in rows. */
export function weighNames(names: readonly string[] | null | undefined): number {
  return 1 + (names?.length ?? 0) / namesPerRow
}

/** The longest spelling of an IPv6 address, with an IPv4 address at its end. */
const maxAddressLength = 45

/** An IPv6 address in the spelling of RFC 5952. Any other name is returned unchanged. */
export function spellAddress(name: string): string {
  if (name.length > maxAddressLength) return name
  const url = `http://[${name}]`
  return /^[0-9a-f:.]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : name
}

const hex = /^[0-9a-f]+$/

const maxPlainLength = 256
const plain = Buffer.alloc(maxPlainLength)
const colon = 0x3a

/** Hex digits in lower case, by their code; 0 for any other character. */
const lowerCaseDigits = new Uint8Array(0x10000)
for (const digit of '0123456789abcdefABCDEF') lowerCaseDigits[digit.charCodeAt(0)] = digit.toLowerCase().charCodeAt(0)

/**
 * The digits of a text of digits alone, or of bytes with a colon between each two, in lower case; null for any other text.
 * Nearly every text of a vendor is one. Regular expressions take a multiple of the time.
 */
function plainHexDigits(text: string): string | null {
  if (text === '' || text.length > maxPlainLength) return null
  const isSeparated = text[2] === ':' && text.length % 3 === 2
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    if (isSeparated && length > 0 && length % 2 === 0) {
      if (text.charCodeAt(index) !== colon) return null
      index += 1
    }
    const digit = lowerCaseDigits[text.charCodeAt(index)] as number
    if (digit === 0) return null
    plain[length] = digit
    length += 1
  }
  return plain.toString('latin1', 0, length)
}

function hexDigits(text: string): string | null {
  const known = plainHexDigits(text)
  if (known !== null) return known
  const lowerCase = text.toLowerCase()
  const digits = padBytes(lowerCase)
  // Texts typed by people may have spaces or start with 0x.
  if (hex.test(digits)) return digits
  const bare = padBytes(lowerCase.trim().replace(/^0x/, '')).replace(/\s/g, '')
  return hex.test(bare) ? bare : null
}

/** Removes the separators of bytes. Some vendors leave out the leading zero of a byte: `0a:ff:1`. */
function padBytes(text: string): string {
  const parts = text.split(/[\s:]+/).filter((part) => part !== '')
  const areBytes = parts.length > 1 && parts.every((part) => /^[0-9a-f]{1,2}$/.test(part))
  return areBytes ? parts.map((byte) => byte.padStart(2, '0')).join('') : text.replaceAll(':', '')
}
