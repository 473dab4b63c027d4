type Bytes = ArrayBuffer | Uint8Array

/** Encodes one element of DER (X.690, 8.1) of at most 65,535 bytes. */
export function der(tag: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts.map((part) => new Uint8Array(part)))
  const { length } = content
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}

export const sequence = (...parts: readonly Bytes[]): Buffer => der(0x30, ...parts)

/** A string of whole bytes. */
export const bitString = (bytes: Bytes): Buffer => der(0x03, Buffer.of(0), bytes)

/** An unsigned integer. The encoding is as short as possible, and has a zero before a first bit that would be a sign. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Buffer.of(0) : bytes.subarray(first)
  return der(0x02, digits.readUInt8(0) < 0x80 ? Buffer.of() : Buffer.of(0), digits)
}

/** A time of X.509: UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5). */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
  return moment.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}
