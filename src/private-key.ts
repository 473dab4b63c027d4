import { type PlainText, toPlainText } from './plain-text.ts'

/** A private key in a text, between two indexes. */
export interface FoundKey {
  readonly start: number
  readonly end: number
  /** False when the key may be longer: it is cut off, something is between its parts, or more base64 follows it. */
  readonly isComplete: boolean
}

/**
 * Finds private keys in base64 or base64url without the BEGIN and END lines of PEM: DER of a PrivateKeyInfo (PKCS#8, RFC
 * 5958), an EncryptedPrivateKeyInfo, an RSAPrivateKey (PKCS#1, RFC 8017), an ECPrivateKey (SEC 1, RFC 5915) or a PFX
 * (PKCS#12, RFC 7292), the format of OpenSSH, and the private members of a JSON Web Key (RFC 7517). A key that is cut off
 * is found by its beginning. Whitespace and escape sequences are seen through. Returns the keys in the order of the text.
 * Its time is linear in the length of the text.
 */
export function findPrivateKeys(text: string): readonly FoundKey[] {
  return mayHaveKey.test(text) ? keysIn(toPlainText(text)) : []
}

/** Whether a text contains a private key, or a BEGIN or END line of one. */
export function hasPrivateKey(text: string): boolean {
  if (!mayHaveKey.test(text)) return false
  const plain = toPlainText(text)
  return pemMark.test(plain.text) || keysIn(plain).length > 0
}

/** What every private key has. Escape sequences of letters and digits are not common. */
const mayHaveKey = /M|b3B|kty|private/i

/** The BEGIN or END line of PEM, complete or not, in a text without spaces. The words alone may be in a name. */
const pemMark = /--(?:BEGIN|END)\w{0,30}PRIVATEKEY|PRIVATEKEY--/i

function keysIn(plain: PlainText): readonly FoundKey[] {
  const found = [...findDer(plain.text), ...findOpenSsh(plain.text), ...findJsonWebKeys(plain.text)]
  return found
    .map(({ start, end, isComplete }) => ({ ...plain.rangeOf(start, end), isComplete }))
    .sort((a, b) => a.start - b.start)
}

/** The base64 of `openssh-key-v1` and a zero byte, with which every such key begins. */
const openSshMagic = 'b3BlbnNzaC1rZXktdjEA'

function* findOpenSsh(text: string): Generator<FoundKey> {
  for (let start = text.indexOf(openSshMagic); start !== -1; start = text.indexOf(openSshMagic, start)) {
    const end = endOfPadding(text, endOfBase64(text, start, text.length))
    yield { start, end, isComplete: true }
    start = end
  }
}

/** The members with the private key of RFC 7518 (6.2.2, 6.3.2) and RFC 8037. */
const privateMember = /(?<!\w)(?:d|p|q|dp|dq|qi)["']*[:=]["']*([\w-]{16,})/g

function* findJsonWebKeys(text: string): Generator<FoundKey> {
  if (!text.includes('kty')) return
  for (const { index, 0: member, 1: value = '' } of text.matchAll(privateMember)) {
    const end = index + member.length
    yield { start: end - value.length, end, isComplete: true }
  }
}

/** Every such key is a SEQUENCE, and base64 of a SEQUENCE begins with an M. It may follow any other text. */
function* findDer(text: string): Generator<FoundKey> {
  for (let start = text.indexOf('M'); start !== -1; start = text.indexOf('M', start)) {
    const length = lengthOfDer(text, start)
    if (length === null) {
      start += 1
      continue
    }
    const limit = start + Math.ceil((length * 4) / 3)
    const end = endOfBase64(text, start, limit)
    const isComplete = end >= limit && endOfBase64(text, end, end + 1) === end
    yield { start, end: end < limit ? end : endOfPadding(text, end), isComplete }
    start = end
  }
}

/** The characters of base64 that show whether a text is a private key. Fewer than the minimum show nothing. */
const header = /M[A-P][\w+/-]{9,66}/y
/** The length in bytes of the shortest private key, less a few: the 48 bytes of Ed25519 are the usual minimum. */
const minLength = 32

/** The length in bytes of the private key that begins here; null when none does. */
function lengthOfDer(text: string, start: number): number | null {
  header.lastIndex = start
  const [characters] = header.exec(text) ?? []
  if (characters === undefined) return null
  const bytes = Buffer.from(characters, 'base64')
  const length = isSequence(bytes) ? lengthAt(bytes, 1) : null
  if (!length || length.value < minLength || !isKey(bytes.subarray(length.end))) return null
  return length.end + length.value
}

function endOfBase64(text: string, start: number, limit: number): number {
  let end = start
  while (end < limit && /^[\w+/-]$/.test(text.charAt(end))) end += 1
  return end
}

function endOfPadding(text: string, start: number): number {
  let end = start
  while (end < start + 2 && text.charAt(end) === '=') end += 1
  return end
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
  if (isSequence(members)) {
    // A revocation list and a certificate of version 1 have the same beginning, and another SEQUENCE after it.
    return members[length.end] === objectIdentifier && (members[length.end + length.value] ?? octetString) !== sequence
  }
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
