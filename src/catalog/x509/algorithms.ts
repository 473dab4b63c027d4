import { contextTag, type DerElement, expectTag, readMembers, readObjectIdentifier, tags } from './der.ts'

/** The name of a key algorithm, from its AlgorithmIdentifier. The object identifier when it has no name here. */
export function nameKeyAlgorithm(algorithm: DerElement): string {
  const { id } = readAlgorithm(algorithm)
  return keyAlgorithms.get(id) ?? id
}

/**
 * The hash of a signature, from its AlgorithmIdentifier. Null when the scheme has a fixed one, such as Ed25519.
 * @throws when the algorithm is not known
 */
export function nameSignatureHash(algorithm: DerElement | undefined): string | null {
  const { id, parameters } = readAlgorithm(algorithm)
  if (id === rsaPss) return (parameters && namePssHash(parameters)) ?? 'SHA-1'
  if (id === ecdsaWithSpecified) return nameDigest(parameters)
  const hash = signatureHashes.get(id)
  if (hash === undefined) throw new Error(`unknown algorithm ${id}`)
  return hash
}

/** The object identifier of an AlgorithmIdentifier. @throws when it is malformed */
export function readAlgorithmId(algorithm: DerElement | undefined): string {
  return readAlgorithm(algorithm).id
}

/** AlgorithmIdentifier (RFC 5280, 4.1.1.2). */
function readAlgorithm(algorithm: DerElement | undefined): {
  readonly id: string
  readonly parameters: DerElement | undefined
} {
  const [id, parameters] = readMembers(expectTag(algorithm, tags.sequence))
  return { id: readObjectIdentifier(expectTag(id, tags.objectIdentifier)), parameters }
}

/** The hash of RSASSA-PSS-params (RFC 4055, 3.1). Undefined when it is the default. */
function namePssHash(parameters: DerElement): string | undefined {
  const hash = readMembers(parameters).find(({ tag }) => tag === contextTag(0))
  return hash && nameDigest(readMembers(hash)[0])
}

function nameDigest(algorithm: DerElement | undefined): string {
  const { id } = readAlgorithm(algorithm)
  const hash = digests.get(id)
  if (hash === undefined) throw new Error(`unknown hash algorithm ${id}`)
  return hash
}

const rsaPss = '1.2.840.113549.1.1.10'
const ecdsaWithSpecified = '1.2.840.10045.4.3'

/** Names by the last number of object identifiers with a common arc. */
function arc(prefix: string, names: Readonly<Record<number, string | null>>): [string, string | null][] {
  return Object.entries(names).map(([number, name]) => [`${prefix}.${number}`, name])
}

function named(entries: readonly [string, string | null][]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap(([id, name]) => (name === null ? [] : [[id, name] as const])))
}

const keyAlgorithms = named([
  ...arc('1.2.840.113549.1.1', { 1: 'RSA', 7: 'RSA', 10: 'RSA' }), // RFC 4055
  ['2.5.8.1.1', 'RSA'], // ITU-T X.509
  ['1.2.840.10045.2.1', 'ECDSA'], // RFC 5480, 2.1.1: also for ECDH
  ['1.3.132.1.12', 'ECDH'], // RFC 5480, 2.1.2
  ...arc('1.3.101', { 110: 'X25519', 111: 'X448', 112: 'Ed25519', 113: 'Ed448' }), // RFC 8410
  ['1.2.840.10040.4.1', 'DSA'], // RFC 3279
  ...arc('1.3.14.3.2', { 12: 'DSA' }), // OIW
  ['1.2.840.113549.1.3.1', 'DH'], // PKCS #3
  ['1.2.840.10046.2.1', 'DH'], // RFC 3279
  ...arc('2.16.840.1.101.3.4.3', { 17: 'ML-DSA-44', 18: 'ML-DSA-65', 19: 'ML-DSA-87' }), // RFC 9881
  ...arc('2.16.840.1.101.3.4.3', { 20: 'SLH-DSA-SHA2-128s', 21: 'SLH-DSA-SHA2-128f', 22: 'SLH-DSA-SHA2-192s' }), // RFC 9909
  ...arc('2.16.840.1.101.3.4.3', { 23: 'SLH-DSA-SHA2-192f', 24: 'SLH-DSA-SHA2-256s', 25: 'SLH-DSA-SHA2-256f' }),
  ...arc('2.16.840.1.101.3.4.3', { 26: 'SLH-DSA-SHAKE-128s', 27: 'SLH-DSA-SHAKE-128f', 28: 'SLH-DSA-SHAKE-192s' }),
  ...arc('2.16.840.1.101.3.4.3', { 29: 'SLH-DSA-SHAKE-192f', 30: 'SLH-DSA-SHAKE-256s', 31: 'SLH-DSA-SHAKE-256f' }),
  ...arc('2.16.840.1.101.3.4.4', { 1: 'ML-KEM-512', 2: 'ML-KEM-768', 3: 'ML-KEM-1024' }), // RFC 9935
])

/** Whether the keys of an algorithm have no size besides the one in its name. */
export function isSizeInName(keyAlgorithm: string): boolean {
  return /^(?:ML|SLH)-/.test(keyAlgorithm)
}

/** Null for a scheme whose hash is fixed. */
const signatureHashes: ReadonlyMap<string, string | null> = new Map([
  // PKCS #1 (RFC 8017)
  ...arc('1.2.840.113549.1.1', { 2: 'MD2', 3: 'MD4', 4: 'MD5', 5: 'SHA-1' }),
  ...arc('1.2.840.113549.1.1', { 11: 'SHA-256', 12: 'SHA-384', 13: 'SHA-512', 14: 'SHA-224' }),
  ...arc('1.2.840.113549.1.1', { 15: 'SHA-512/224', 16: 'SHA-512/256' }),
  // OIW
  ...arc('1.3.14.3.2', { 2: 'MD4', 3: 'MD5', 4: 'MD4', 13: 'SHA', 15: 'SHA', 27: 'SHA-1', 28: 'SHA-1', 29: 'SHA-1' }),
  // TeleTrusT
  ...arc('1.3.36.3.3.1', { 2: 'RIPEMD-160', 3: 'RIPEMD-128', 4: 'RIPEMD-256' }),
  // ECDSA (RFC 3279, RFC 5758)
  ...arc('1.2.840.10045.4', { 1: 'SHA-1' }),
  ...arc('1.2.840.10045.4.3', { 1: 'SHA-224', 2: 'SHA-256', 3: 'SHA-384', 4: 'SHA-512' }),
  // DSA (RFC 3279)
  ['1.2.840.10040.4.3', 'SHA-1'],
  // DSA, ECDSA and RSA by NIST (https://csrc.nist.gov/projects/computer-security-objects-register/algorithm-registration)
  ...arc('2.16.840.1.101.3.4.3', { 1: 'SHA-224', 2: 'SHA-256', 3: 'SHA-384', 4: 'SHA-512' }),
  ...[5, 9, 13].flatMap((first) =>
    arc('2.16.840.1.101.3.4.3', {
      [first]: 'SHA3-224',
      [first + 1]: 'SHA3-256',
      [first + 2]: 'SHA3-384',
      [first + 3]: 'SHA3-512',
    }),
  ),
  // ML-DSA and SLH-DSA (RFC 9881, RFC 9909)
  ...Array.from({ length: 15 }, (_, index): [string, null] => [`2.16.840.1.101.3.4.3.${17 + index}`, null]),
  // RSASSA-PSS and ECDSA with SHAKE (RFC 8692)
  ...arc('1.3.6.1.5.5.7.6', { 30: 'SHAKE128', 31: 'SHAKE256', 32: 'SHAKE128', 33: 'SHAKE256' }),
  // EdDSA (RFC 8410)
  ...arc('1.3.101', { 112: null, 113: null }),
  // SM2 (GB/T 33560)
  ['1.2.156.10197.1.501', 'SM3'],
  // ECDSA by BSI (TR-03111)
  ...arc('0.4.0.127.0.7.1.1.4.1', {
    1: 'SHA-1',
    2: 'SHA-224',
    3: 'SHA-256',
    4: 'SHA-384',
    5: 'SHA-512',
    6: 'RIPEMD-160',
  }),
])

const digests = named([
  ...arc('1.2.840.113549.2', { 2: 'MD2', 4: 'MD4', 5: 'MD5' }),
  ['1.3.14.3.2.26', 'SHA-1'],
  ['1.3.36.3.2.1', 'RIPEMD-160'],
  ...arc('2.16.840.1.101.3.4.2', { 1: 'SHA-256', 2: 'SHA-384', 3: 'SHA-512', 4: 'SHA-224' }),
  ...arc('2.16.840.1.101.3.4.2', { 5: 'SHA-512/224', 6: 'SHA-512/256' }),
  ...arc('2.16.840.1.101.3.4.2', { 7: 'SHA3-224', 8: 'SHA3-256', 9: 'SHA3-384', 10: 'SHA3-512' }),
  ...arc('2.16.840.1.101.3.4.2', { 11: 'SHAKE128', 12: 'SHAKE256' }),
])
