import { webcrypto } from 'node:crypto'

export type KeyAlgorithm = 'ECDSA' | 'Ed25519' | 'RSA'

const parameters = {
  ECDSA: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
}

const keys = new Map<KeyAlgorithm, Promise<webcrypto.CryptoKeyPair>>()

/** The one key pair of that algorithm in this process, made when first asked for: an RSA key takes its time. */
export function signingKeys(algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  const made = keys.get(algorithm) ?? generate(algorithm)
  keys.set(algorithm, made)
  return made
}

async function generate(algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(parameters[algorithm], false, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
}
