/** A part of a text, between two indexes. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/**
 * Finds private keys in base64 or base64url without the BEGIN and END lines of PEM: DER of a PrivateKeyInfo (PKCS#8, RFC
 * 5958), an EncryptedPrivateKeyInfo, an RSAPrivateKey (PKCS#1, RFC 8017), an ECPrivateKey (SEC 1, RFC 5915) or a PFX
 * (PKCS#12, RFC 7292). A key that is cut off is found by its beginning. Whitespace between the characters is ignored. Its
 * time is linear in the length of the text.
 */
export function* findPrivateKeys(text: string): Generator<TextRange> {
  for (let start = text.indexOf('M'); start !== -1; start = text.indexOf('M', start)) {
    const end = isWordStart(text, start) ? endOfKey(text, start) : null
    if (end !== null) yield { start, end }
    start = end ?? start + 1
  }
}

/** Whether a text contains a private key without PEM marks. */
export function hasPrivateKey(text: string): boolean {
  return findPrivateKeys(text).next().done !== true
}

/** `-`, `_`, `+` and `/` may separate a key from the text before it, although they are characters of base64. */
function isWordStart(text: string, index: number): boolean {
  return index === 0 || !/[A-Za-z0-9]/.test(text.charAt(index - 1))
}

/** Characters of base64 that show whether a text is a private key. */
const headerLength = 64
/** The length in bytes of the shortest private key, less a few: the 48 bytes of Ed25519 are the usual minimum. */
const minLength = 32

/** The index after the private key that begins here; null when none does. */
function endOfKey(text: string, start: number): number | null {
  const reader = new Base64Reader(text, start)
  // Most texts end here: an M is rarely followed by the length of a key.
  if (!isSequence(reader.read(4))) return null
  const header = reader.read(headerLength)
  const length = lengthAt(header, 1)
  if (!length || length.value < minLength || !isKey(header.subarray(length.end))) return null
  reader.skip(Math.ceil(((length.end + length.value) * 4) / 3))
  return reader.endWithPadding()
}

const [sequence, integer, octetString, objectIdentifier] = [0x30, 0x02, 0x04, 0x06]

function isSequence(bytes: Buffer): boolean {
  return bytes[0] === sequence
}

/** Whether the members of a SEQUENCE begin like those of a private key. */
function isKey(members: Buffer): boolean {
  // The version: 0 or 1 in a key, 3 in a PFX.
  if (members[0] === integer && members[1] === 1 && (members[2] ?? 4) < 4) return isAfterVersion(members.subarray(3))
  return isPasswordBased(members)
}

/** The AlgorithmIdentifier of a PrivateKeyInfo, the modulus of an RSA key, or the octets of an EC key. */
function isAfterVersion(members: Buffer): boolean {
  const length = lengthAt(members, 1)
  if (!length) return false
  if (isSequence(members)) return members[length.end] === objectIdentifier
  return (members[0] === integer && length.value >= minLength) || (members[0] === octetString && length.value >= 14)
}

/** 1.2.840.113549.1, the beginning of the object identifiers of PKCS. */
const pkcs = Buffer.from('2a864886f70d01', 'hex')
/** PKCS#5 and PKCS#12, which define the encryption with a password. */
const passwordBased: ReadonlySet<number | undefined> = new Set([5, 12])

/** Whether the first member is the AlgorithmIdentifier of an EncryptedPrivateKeyInfo. */
function isPasswordBased(members: Buffer): boolean {
  const length = isSequence(members) ? lengthAt(members, 1) : null
  if (!length || members[length.end] !== objectIdentifier) return false
  const identifier = members.subarray(length.end + 2)
  return identifier.subarray(0, pkcs.length).equals(pkcs) && passwordBased.has(identifier[pkcs.length])
}

/** The length of an element in DER, and the index after it; null when it is cut off or malformed. */
function lengthAt(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | null {
  const first = bytes[at] ?? 0x80
  if (first < 0x80) return { value: first, end: at + 1 }
  const size = first - 0x80
  const end = at + 1 + size
  return size === 0 || size > 4 || end > bytes.length ? null : { value: bytes.readUIntBE(at + 1, size), end }
}

/** More whitespace than a text in lines has between two characters. */
const maxGap = 100

/** Reads base64 from a text and ignores whitespace, also when it is escaped as in JSON. */
class Base64Reader {
  readonly #text: string
  #at: number
  #read = ''
  #count = 0

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
  }

  /** The bytes of the first characters, or of those that there are. */
  read(count: number): Buffer {
    while (this.#read.length < count) {
      const next = this.#next()
      if (next === null) break
      this.#read += next
    }
    return Buffer.from(this.#read, 'base64')
  }

  /** Moves behind this many characters from the start, or behind those that there are. */
  skip(count: number): void {
    while (this.#count < count && this.#next() !== null);
  }

  /** The index after what was read and its padding. */
  endWithPadding(): number {
    for (let padding = 0; padding < 2; padding += 1) {
      const { index } = this.#peek()
      if (this.#text.charAt(index) === '=') this.#at = index + 1
    }
    return this.#at
  }

  #next(): string | null {
    const { index, character } = this.#peek()
    if (!/^[\w+/-]$/.test(character)) return null
    this.#at = index + 1
    this.#count += 1
    return character
  }

  /** The next character that is not whitespace. */
  #peek(): { readonly index: number; readonly character: string } {
    let index = this.#at
    for (const end = index + maxGap; index < end; ) {
      const character = this.#text.charAt(index)
      if (/^\s$/.test(character)) index += 1
      else if (character === '\\' && /^[rnt]$/.test(this.#text.charAt(index + 1))) index += 2
      else break
    }
    return { index, character: this.#text.charAt(index) }
  }
}
