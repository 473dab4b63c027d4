import { createPublicKey } from 'node:crypto'

/** Builds DER byte by byte, so that tests have certificates that no library issues. Texts are hex digits. */
export function der(tag: number, ...contents: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((each) => (typeof each === 'string' ? Buffer.from(each, 'hex') : each)))
  const { length } = content
  const size = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : length < 0x10000 ? 4 : 6, '0'), 'hex')
  const head = length < 0x80 ? size : Buffer.from([0x80 + size.length, ...size])
  return Buffer.concat([Buffer.from([tag]), head, content])
}

export const ascii = (tag: number, text: string) => der(tag, Buffer.from(text, 'latin1'))
export const utf8 = (tag: number, text: string) => der(tag, Buffer.from(text, 'utf8'))
export const utcTime = (text: string) => ascii(0x17, text)
export const generalizedTime = (text: string) => ascii(0x18, text)

/** An object identifier in dotted form. */
export function oid(dotted: string, tag = 6): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  return der(tag, ...[first * 40n + second, ...rest].map(toBase128))
}

function toBase128(arc: bigint): Buffer {
  const bytes = [Number(arc & 0x7fn)]
  for (let left = arc >> 7n; left > 0n; left >>= 7n) bytes.unshift(Number(left & 0x7fn) | 0x80)
  return Buffer.from(bytes)
}

export const attribute = (type: string, value: Buffer) => der(0x30, oid(type), value)

/** A name of parts with one attribute each, least specific first. */
export const nameOf = (...attributes: readonly Buffer[]) => der(0x30, ...attributes.map((each) => der(0x31, each)))

export const commonName = (text: string) => attribute('2.5.4.3', utf8(0x0c, text))

export const extension = (id: string, value: Buffer) => der(0x30, oid(id), der(0x04, value))

export const basicConstraints = '2.5.29.19'
export const isAuthority = extension(basicConstraints, der(0x30, '0101ff'))

/** A subject alternative name extension. */
export const altNames = (...names: readonly Buffer[]) => extension('2.5.29.17', der(0x30, ...names))

export const algorithm = (id: string, ...parameters: readonly Buffer[]) => der(0x30, oid(id), ...parameters)

const ecdsaWithSha256 = algorithm('1.2.840.10045.4.3.2')

/** A point on P-256. */
const point = {
  kty: 'EC',
  crv: 'P-256',
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
}
const publicKey = createPublicKey({ key: point, format: 'jwk' }).export({ format: 'der', type: 'spki' })

/** A key of any algorithm and any bits. */
export const keyOf = (keyAlgorithm: Buffer, bits: Buffer) => der(0x30, keyAlgorithm, der(0x03, '00', bits))

interface CertificateParts {
  readonly serialNumber: string
  readonly signatureAlgorithm: Buffer
  /** The one in the signed part, when it differs. */
  readonly signedAlgorithm: Buffer
  readonly subject: Buffer
  readonly notBefore: Buffer
  readonly notAfter: Buffer
  readonly publicKey: Buffer
  readonly extensions: readonly Buffer[]
}

/** A certificate in DER, valid from 2026 to 2036. Its signature is not valid. */
export function buildCertificate(parts: Partial<CertificateParts> = {}): Buffer {
  const signatureAlgorithm = parts.signatureAlgorithm ?? ecdsaWithSha256
  const tbs = der(
    0x30,
    'a003020102',
    der(0x02, parts.serialNumber ?? '01'),
    parts.signedAlgorithm ?? signatureAlgorithm,
    nameOf(commonName('b')),
    der(0x30, parts.notBefore ?? utcTime('260101000000Z'), parts.notAfter ?? utcTime('360101000000Z')),
    parts.subject ?? nameOf(commonName('a')),
    parts.publicKey ?? publicKey,
    der(0xa3, der(0x30, ...(parts.extensions ?? [isAuthority]))),
  )
  return der(0x30, tbs, signatureAlgorithm, der(0x03, '003006020101020101'))
}
