import 'reflect-metadata'
import { createHash, createPublicKey } from 'node:crypto'
import {
  BasicConstraintsExtension,
  type GeneralName,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509'
import { toDistinguishedName } from './distinguished-name.ts'
import { hexSerial, toSubjectAltNames } from './spelling.ts'

/** The fields of an X.509 certificate, normalized. A field that is not known is null. */
export interface X509Details {
  readonly subject: string | null
  readonly issuer: string | null
  readonly serialNumber: string | null
  readonly sha256Fingerprint: string | null
  readonly keyAlgorithm: string | null
  /** In bits, of the RSA modulus or the elliptic curve. */
  readonly keySize: number | null
  readonly signatureAlgorithm: string | null
  readonly subjectAltNames: readonly string[] | null
  /** Whether it may issue certificates (RFC 5280, 4.2.1.9). */
  readonly isCA: boolean | null
  /** Milliseconds since the epoch. */
  readonly validFrom: number | null
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null
}

/** For vendors whose lists have no X.509 fields. */
export const noX509Details: X509Details = {
  subject: null,
  issuer: null,
  serialNumber: null,
  sha256Fingerprint: null,
  keyAlgorithm: null,
  keySize: null,
  signatureAlgorithm: null,
  subjectAltNames: null,
  isCA: null,
  validFrom: null,
  expiresAt: null,
}

/**
 * The first certificate of a PEM text, in DER. Vendors return PEM on one line, or with spaces in place of line breaks.
 * Strict parsers reject both, so whitespace is removed: base64 ignores it.
 * @throws when the text has no certificate
 */
export function derOf(pem: string): Buffer<ArrayBuffer> {
  const block = /-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/s.exec(pem)?.[1]
  if (block === undefined) throw new Error('the text has no certificate in PEM')
  return Buffer.from(block.replace(/\\[nr]|\s/g, ''), 'base64')
}

/** The fields of the first certificate of a PEM text. @throws when there is none, or it is not X.509 */
export function parseX509(pem: string): X509Details {
  const certificate = new X509Certificate(derOf(pem))
  return {
    subject: toDistinguishedName(certificate.subjectName.toArrayBuffer()),
    issuer: toDistinguishedName(certificate.issuerName.toArrayBuffer()),
    serialNumber: hexSerial(certificate.serialNumber),
    sha256Fingerprint: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
    keyAlgorithm: keyAlgorithm(certificate.publicKey.algorithm),
    keySize: keySize(Buffer.from(certificate.publicKey.rawData)),
    signatureAlgorithm: signatureHash(certificate.signatureAlgorithm),
    subjectAltNames: toSubjectAltNames(
      certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(toText) ?? [],
    ),
    isCA: certificate.getExtension(BasicConstraintsExtension)?.ca ?? false,
    validFrom: certificate.notBefore.getTime(),
    expiresAt: certificate.notAfter.getTime(),
  }
}

function keyAlgorithm(algorithm: { readonly name: string; readonly namedCurve?: string }): string {
  if (algorithm.name.startsWith('RSA')) return 'RSA'
  // For a key on an unknown elliptic curve, the parser returns the OID of the key type (RFC 5480, 2.1.1).
  if (['ECDSA', 'ECDH', '1.2.840.10045.2.1'].includes(algorithm.name)) return 'ECDSA'
  return algorithm.name === 'EdDSA' ? (algorithm.namedCurve ?? algorithm.name) : algorithm.name
}

/** The name of a curve contains its size: prime256v1, secp384r1. Null when Node.js does not support the key. */
function keySize(spki: Buffer): number | null {
  try {
    const { asymmetricKeyDetails, asymmetricKeyType } = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {}
    const size = modulusLength ?? /\d{3}/.exec(namedCurve ?? '')?.[0] ?? edwardsSizes[asymmetricKeyType ?? '']
    return size === undefined ? null : Number(size)
  } catch {
    return null
  }
}

/** RFC 8032, 5. */
const edwardsSizes: Readonly<Record<string, number>> = { ed25519: 256, ed448: 456 }

/** DNS names and IP addresses have no prefix; every other kind has its name as prefix (RFC 5280, 4.2.1.6). */
function toText({ type, value }: GeneralName): string {
  switch (type) {
    case 'dns':
      return value.toLowerCase()
    case 'ip':
      return value
    case 'url':
      return `URI:${value}`
    case 'dn':
      return `dirName:${value}`
    default:
      return `${type}:${value}`
  }
}

/** Signature algorithms for which the parser has no hash name (RFC 8017, RFC 5758, NIST's object identifiers). */
const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.14': 'SHA-224',
  '1.2.840.10045.4.3.1': 'SHA-224',
  '2.16.840.1.101.3.4.3.9': 'SHA3-224',
  '2.16.840.1.101.3.4.3.10': 'SHA3-256',
  '2.16.840.1.101.3.4.3.11': 'SHA3-384',
  '2.16.840.1.101.3.4.3.12': 'SHA3-512',
  '2.16.840.1.101.3.4.3.13': 'SHA3-224',
  '2.16.840.1.101.3.4.3.14': 'SHA3-256',
  '2.16.840.1.101.3.4.3.15': 'SHA3-384',
  '2.16.840.1.101.3.4.3.16': 'SHA3-512',
}

/** The hash of a signature algorithm. Null when the scheme has a fixed one, such as Ed25519. */
function signatureHash({ name, hash }: { readonly name: string; readonly hash?: { name: string } }): string | null {
  return hash?.name ?? hashes[name] ?? null
}
