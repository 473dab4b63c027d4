import { crc32 } from 'node:zlib'

/** The version of the format of keys and values. */
export const stateFormat = '1'

/** The checksum of the key and of what follows, and the time at which the text was written. */
const headerLength = 12

interface StoredText {
  readonly text: string
  /** Wall-clock time in milliseconds. */
  readonly writtenAt: number
}

export function encodeValue(key: Buffer, { text, writtenAt }: StoredText): Buffer {
  const value = Buffer.allocUnsafe(headerLength + Buffer.byteLength(text))
  value.writeDoubleLE(writtenAt, 4)
  value.write(text, headerLength)
  value.writeUInt32LE(crc32(value.subarray(4), crc32(key)), 0)
  return value
}

/** Returns the text. The checksum is compared when the store is opened. */
export const decodeText = (value: Buffer): string => value.toString('utf8', headerLength)
