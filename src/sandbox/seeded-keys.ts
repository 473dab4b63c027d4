import { createECDH, createHash, createPrivateKey, webcrypto } from 'node:crypto'
import { integer, sequence } from './der.ts'

export type KeyAlgorithm = 'ECDSA' | 'Ed25519' | 'RSA'

/** A key pair whose signatures are the same every time. */
export interface SeededKeys {
  readonly publicKey: webcrypto.CryptoKey
  /** In the form that certificates contain. */
  sign(data: Uint8Array): Uint8Array | Promise<ArrayBuffer>
}

/** Every private key here follows from this public text: the keys protect nothing and must not be used elsewhere. */
const seed = 'certgraph sandbox: public test key'

const parameters = {
  ECDSA: { name: 'ECDSA', namedCurve: 'P-256' },
  Ed25519: { name: 'Ed25519' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
}

const made = new Map<KeyAlgorithm, Promise<SeededKeys>>()

/** The key pair of an algorithm: the same in every process, so that the sandbox has the same certificates at every start. */
export function seededKeys(algorithm: KeyAlgorithm): Promise<SeededKeys> {
  const keys = made.get(algorithm) ?? makers[algorithm]()
  made.set(algorithm, keys)
  return keys
}

const makers: Record<KeyAlgorithm, () => Promise<SeededKeys>> = {
  async ECDSA() {
    const secret = toScalar(bytesOf('ECDSA', 32))
    return { ...(await importKeys('ECDSA', ecJwk(secret))), sign: (data) => signECDSA(secret, data) }
  },
  Ed25519: () => importSigning('Ed25519', ed25519Jwk(bytesOf('Ed25519', 32))),
  RSA: () => importSigning('RSA', rsaJwk(primeAt('RSA p', 110n), primeAt('RSA q', 422n))),
}

async function importKeys(algorithm: KeyAlgorithm, jwk: webcrypto.JsonWebKey) {
  const { kty, crv, x, y, n, e } = jwk
  const publicJwk = Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value))
  const use = (key: webcrypto.JsonWebKey, usage: 'sign' | 'verify') =>
    webcrypto.subtle.importKey('jwk', key, parameters[algorithm], true, [usage])
  return { publicKey: await use(publicJwk, 'verify'), privateKey: await use(jwk, 'sign') }
}

/** For an algorithm whose signatures have no random part: Ed25519, and RSA with PKCS #1 v1.5. */
async function importSigning(algorithm: 'Ed25519' | 'RSA', jwk: webcrypto.JsonWebKey): Promise<SeededKeys> {
  const keys = await importKeys(algorithm, jwk)
  return { ...keys, sign: (data) => webcrypto.subtle.sign(parameters[algorithm].name, keys.privateKey, data) }
}

/** Bytes that follow from the seed and a label. */
function bytesOf(label: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${label} ${index}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

const toInteger = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)
const toBytes = (integer: bigint, length: number) => Buffer.from(integer.toString(16).padStart(2 * length, '0'), 'hex')
const toText = (integer: bigint) => {
  const digits = integer.toString(16)
  return toBytes(integer, Math.ceil(digits.length / 2)).toString('base64url')
}

/** The order of the curve P-256 (SEC 2, 2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const toScalar = (bytes: Buffer) => (toInteger(bytes) % (order - 1n)) + 1n

/** The multiple of the base point of P-256. */
function pointOf(scalar: bigint): { readonly x: Buffer; readonly y: Buffer } {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(toBytes(scalar, 32))
  const point = curve.getPublicKey()
  return { x: point.subarray(1, 33), y: point.subarray(33) }
}

function ecJwk(secret: bigint): webcrypto.JsonWebKey {
  const { x, y } = pointOf(secret)
  const d = toBytes(secret, 32).toString('base64url')
  return { kty: 'EC', crv: 'P-256', d, x: x.toString('base64url'), y: y.toString('base64url') }
}

/** An ECDSA signature with SHA-256 (RFC 3279, 2.2.3) whose nonce follows from the key and the data, in the manner of RFC 6979. */
function signECDSA(secret: bigint, data: Uint8Array): Buffer {
  const digest = createHash('sha256').update(data).digest()
  const nonce = toScalar(createHash('sha256').update(toBytes(secret, 32)).update(digest).digest())
  const r = toInteger(pointOf(nonce).x) % order
  const s = (inverse(nonce, order) * (toInteger(digest) + r * secret)) % order
  return sequence(integer(toBytes(r, 32)), integer(toBytes(s, 32)))
}

/** The header of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex')

function ed25519Jwk(secret: Buffer): webcrypto.JsonWebKey {
  const key = Buffer.concat([ed25519Header, secret])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
}

const publicExponent = 65_537n

/**
 * A prime of 1024 bits. Two of them make a modulus of 2048 bits.
 * @param distance from the starting point that the label gives to the next suitable prime: a search takes 100 ms
 */
function primeAt(label: string, distance: bigint): bigint {
  const bytes = bytesOf(label, 128)
  bytes.writeUInt8(bytes.readUInt8(0) | 0xc0, 0)
  return (toInteger(bytes) | 1n) + distance
}

function rsaJwk(p: bigint, q: bigint): webcrypto.JsonWebKey {
  const d = inverse(publicExponent, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e: publicExponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const members = Object.entries(numbers).map(([name, value]) => [name, toText(value)])
  return { kty: 'RSA', ...Object.fromEntries(members) }
}

/** The inverse by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next] = [modulus, value % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (next > 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}
