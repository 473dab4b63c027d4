import type { StateKey } from './state-store.ts'

const numberType = 1
const textType = 2
/** Higher than the first byte of a part, and lower than what follows the NUL of a text. */
const afterParts = Buffer.from([3])
const escaped = 255

/** Encodes a key so that the bytes of keys are in the order of the keys. A text ends with NUL; one inside it is escaped. */
export function encodeKey(key: StateKey): Buffer {
  return Buffer.concat(key.map((part) => (typeof part === 'number' ? encodeNumber(part) : encodeText(part))))
}

/** The first bytes after all keys that begin with this one. */
export const endOf = (prefix: Buffer): Buffer => Buffer.concat([prefix, afterParts])

/** @throws RangeError when the bytes are no key */
export function decodeKey(bytes: Buffer): StateKey {
  const parts: (string | number)[] = []
  let at = 0
  while (at < bytes.length) {
    const type = bytes[at]
    if (type === numberType) {
      parts.push(decodeNumber(bytes, at + 1))
      at += 9
    } else if (type === textType) {
      const end = endOfText(bytes, at + 1)
      parts.push(decodeText(bytes.subarray(at + 1, end)))
      at = end + 1
    } else throw new RangeError(`not a key: a part of type ${String(type)}`)
  }
  return parts
}

function encodeNumber(number: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = numberType
  // Not the negative zero, which equals the other one.
  bytes.writeDoubleBE(number === 0 ? 0 : number, 1)
  flipSign(bytes, 1, number < 0)
  return bytes
}

function decodeNumber(bytes: Buffer, at: number): number {
  const copy = Buffer.from(bytes.subarray(at, at + 8))
  flipSign(copy, 0, (copy[0] ?? 0) < 0x80)
  return copy.readDoubleBE(0)
}

/** A positive number gets the higher bytes, and a negative one the lower the higher its amount. */
function flipSign(bytes: Buffer, at: number, isNegative: boolean): void {
  if (!isNegative) bytes[at] = (bytes[at] ?? 0) ^ 0x80
  else for (let index = at; index < at + 8; index += 1) bytes[index] = (bytes[index] ?? 0) ^ 0xff
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const content = bytes.includes(0)
    ? Buffer.from([...bytes].flatMap((byte) => (byte === 0 ? [0, escaped] : [byte])))
    : bytes
  return Buffer.concat([Buffer.from([textType]), content, Buffer.from([0])])
}

function endOfText(bytes: Buffer, from: number): number {
  let end = bytes.indexOf(0, from)
  while (end !== -1 && bytes[end + 1] === escaped) end = bytes.indexOf(0, end + 2)
  if (end === -1) throw new RangeError('not a key: a text without an end')
  return end
}

function decodeText(bytes: Buffer): string {
  if (!bytes.includes(0)) return bytes.toString()
  return Buffer.from([...bytes].filter((byte, index) => !(byte === escaped && bytes[index - 1] === 0))).toString()
}
