/** An element of ASN.1 in DER or BER (ITU-T X.690). */
export interface DerElement {
  /** The identifier octet without the bit for constructed encodings: 0x10 is a SEQUENCE, 0x83 is [3]. */
  readonly tag: number
  readonly isConstructed: boolean
  readonly content: Buffer
  /** With its identifier and length. */
  readonly encoded: Buffer
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x10,
  set: 0x11,
} as const

/** The tag [number] of a choice or an optional member. */
export const contextTag = (number: number) => 0x80 + number

/** OpenSSL has a similar limit. It keeps hostile input from exhausting the stack. */
const maxDepth = 100

/** OpenSSL's limit for strings within strings. Each level is read again. */
const maxStringDepth = 5

/** The element at the start of the bytes. More bytes may follow it. @throws when it is cut off or malformed */
export function readElement(bytes: Buffer): DerElement {
  return readAt(bytes, 0, 0)
}

/** The elements inside a constructed element. @throws when one is cut off or malformed */
export function readMembers(element: DerElement): readonly DerElement[] {
  return [...eachMember(element)]
}

/** The elements inside a constructed element, up to one that is malformed. @throws at that element */
export function* eachMember({ content, isConstructed }: DerElement): Generator<DerElement> {
  if (!isConstructed) throw new Error('a primitive element has no members')
  for (let at = 0; at < content.length; ) {
    const member = readAt(content, at, 0)
    yield member
    at += member.encoded.length
  }
}

/** The bytes of a string. In BER a string may be constructed of several. */
export function readOctets(element: DerElement): Buffer {
  return octetsAt(element, 0)
}

/** An INTEGER of any size, in two's complement. @throws when it is empty */
export function readInteger({ content }: DerElement): bigint {
  if (content.length === 0) throw new Error('an integer without bytes')
  return BigInt.asIntN(content.length * 8, BigInt(`0x${content.toString('hex')}`))
}

/** The time to read an arc grows with the square of its size. The longest real arcs have 128 bits. */
const maxIdentifierBytes = 1024

/** An object identifier in dotted form. @throws when it is malformed or very long */
export function readObjectIdentifier({ tag, content }: DerElement): string {
  const last = content.at(-1)
  if (content.length > maxIdentifierBytes) throw new Error(`an object identifier of ${content.length} bytes`)
  if (tag !== tags.objectIdentifier || last === undefined || last > 0x7f) throw new Error('not an object identifier')
  const arcs: bigint[] = []
  let value = 0n
  for (const byte of content) {
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte > 0x7f) continue
    if (arcs.length > 0) arcs.push(value)
    else {
      // The first two arcs share a number (X.690, 8.19.4).
      const first = value < 80n ? value / 40n : 2n
      arcs.push(first, value - first * 40n)
    }
    value = 0n
  }
  return arcs.join('.')
}

/** @throws when the element is missing or has another tag */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw new Error(`expected an element with the tag ${tag}`)
  return element
}

function octetsAt(element: DerElement, depth: number): Buffer {
  if (!element.isConstructed) return element.content
  if (depth === maxStringDepth) throw new Error('nested too deep')
  return Buffer.concat(readMembers(element).map((member) => octetsAt(member, depth + 1)))
}

function readAt(bytes: Buffer, start: number, depth: number): DerElement {
  if (depth === maxDepth) throw new Error('nested too deep')
  const identifier = byteAt(bytes, start)
  let at = start + 1
  // A tag number above 30 follows in bytes of its own. No part of a certificate has one.
  if ((identifier & 0x1f) === 0x1f) while (byteAt(bytes, at++) > 0x7f);
  const isConstructed = (identifier & 0x20) !== 0
  const element = (contentStart: number, contentEnd: number, end: number): DerElement => {
    if (end > bytes.length) throw new Error('cut off')
    const [content, encoded] = [bytes.subarray(contentStart, contentEnd), bytes.subarray(start, end)]
    return { tag: identifier & ~0x20, isConstructed, content, encoded }
  }
  const length = byteAt(bytes, at++)
  if (length < 0x80) return element(at, at + length, at + length)
  if (length > 0x80) {
    const contentStart = at + length - 0x80
    // BER allows leading zero bytes in a length.
    while (at < contentStart && byteAt(bytes, at) === 0) at++
    const size = contentStart - at
    if (size > 4 || contentStart > bytes.length) throw new Error('a length is too long')
    const end = contentStart + (size > 0 ? bytes.readUIntBE(at, size) : 0)
    return element(contentStart, end, end)
  }
  if (!isConstructed) throw new Error('a primitive element without a length')
  // The indefinite length of BER: two zero bytes end the contents.
  let end = at
  while (byteAt(bytes, end) !== 0 || byteAt(bytes, end + 1) !== 0) end += readAt(bytes, end, depth + 1).encoded.length
  return element(at, end, end + 2)
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new Error('cut off')
  return byte
}
