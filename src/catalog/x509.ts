import 'reflect-metadata'
import { createHash, createPublicKey } from 'node:crypto'
import {
  BasicConstraintsExtension,
  type GeneralName,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509'
import { toDistinguishedName } from './distinguished-name.ts'
import { signatureHash } from './signature-hash.ts'
import { hexSerial, toSubjectAltNames } from './spelling.ts'

/** What an X.509 certificate says of itself, each value in one spelling; null where it is not known. */
export interface X509Details {
  readonly subject: string | null
  readonly issuer: string | null
  readonly serialNumber: string | null
  readonly sha256Fingerprint: string | null
  readonly keyAlgorithm: string | null
  /** In bits: of an RSA modulus, or of an elliptic curve. */
  readonly keySize: number | null
  readonly signatureAlgorithm: string | null
  readonly subjectAltNames: readonly string[] | null
  /** Whether it may issue certificates (RFC 5280, 4.2.1.9). */
  readonly isCA: boolean | null
  /** Milliseconds since the epoch, as `expiresAt`. */
  readonly validFrom: number | null
  readonly expiresAt: number | null
}

/** For a vendor that tells nothing of the X.509 certificate. */
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
 * The first certificate of a PEM text in DER. Vendors hand out PEM on one line or with spaces for line breaks, which
 * strict readers refuse; whitespace carries no meaning in base64, so it is dropped.
 * @throws when there is none in the text
 */
export function derOf(pem: string): Buffer<ArrayBuffer> {
  const block = /-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/s.exec(pem)?.[1]
  if (block === undefined) throw new Error('no PEM certificate in the text')
  return Buffer.from(block.replace(/\\[nr]|\s/g, ''), 'base64')
}

/** What the first certificate of a PEM text says. @throws when there is none, or it is not X.509 */
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
      certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(spellGeneralName) ?? [],
    ),
    isCA: certificate.getExtension(BasicConstraintsExtension)?.ca ?? false,
    validFrom: certificate.notBefore.getTime(),
    expiresAt: certificate.notAfter.getTime(),
  }
}

function keyAlgorithm(algorithm: { readonly name: string; readonly namedCurve?: string }): string {
  if (algorithm.name.startsWith('RSA')) return 'RSA'
  // The parser gives the bare OID of an elliptic curve key (RFC 5480, 2.1.1) whose curve it does not know.
  if (['ECDSA', 'ECDH', '1.2.840.10045.2.1'].includes(algorithm.name)) return 'ECDSA'
  return algorithm.name === 'EdDSA' ? (algorithm.namedCurve ?? algorithm.name) : algorithm.name
}

/** A curve says its size in its name: prime256v1, secp384r1. Null for a kind of key that Node.js does not know. */
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

/** DNS names and IP addresses stand for themselves; every other kind carries its name (RFC 5280, 4.2.1.6). */
function spellGeneralName({ type, value }: GeneralName): string {
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
