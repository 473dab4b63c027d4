import { crc32 } from 'node:zlib'

/** The checksum of what follows, and the time at which the text was written. */
const headerLength = 12

export interface StoredText {
  readonly text: string
  /** Wall-clock time in milliseconds. */
  readonly writtenAt: number
}

export function encodeValue({ text, writtenAt }: StoredText): Buffer {
  const value = Buffer.allocUnsafe(headerLength + Buffer.byteLength(text))
  value.writeDoubleLE(writtenAt, 4)
  value.write(text, headerLength)
  value.writeUInt32LE(crc32(value.subarray(4)), 0)
  return value
}

/** Returns the text. The checksum is compared when the store is opened. */
export const decodeText = (value: Buffer): string => value.toString('utf8', headerLength)
