import 'reflect-metadata'
import { createHash } from 'node:crypto'
import { type GeneralName, SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509'
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
  readonly signatureAlgorithm: string | null
  readonly subjectAltNames: readonly string[] | null
}

/** For a vendor that tells nothing of the X.509 certificate. */
export const noX509Details: X509Details = {
  subject: null,
  issuer: null,
  serialNumber: null,
  sha256Fingerprint: null,
  keyAlgorithm: null,
  signatureAlgorithm: null,
  subjectAltNames: null,
}

/**
 * Parses the first certificate of a PEM text. Vendors hand out PEM on one line or with spaces for line breaks, which
 * strict readers refuse; whitespace carries no meaning in base64, so it is dropped.
 * @throws when there is no certificate in the text or it is not X.509
 */
export function parseX509(pem: string): X509Details {
  const block = /-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/s.exec(pem)?.[1]
  if (block === undefined) throw new Error('no PEM certificate in the text')
  const der = Buffer.from(block.replace(/\\[nr]|\s/g, ''), 'base64')
  const certificate = new X509Certificate(der)
  return {
    subject: toDistinguishedName(certificate.subjectName.toJSON()),
    issuer: toDistinguishedName(certificate.issuerName.toJSON()),
    serialNumber: hexSerial(certificate.serialNumber),
    sha256Fingerprint: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
    keyAlgorithm: keyAlgorithm(certificate.publicKey.algorithm),
    signatureAlgorithm: signatureHash(certificate.signatureAlgorithm),
    subjectAltNames: toSubjectAltNames(
      certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(spellGeneralName) ?? [],
    ),
  }
}

function keyAlgorithm(algorithm: { readonly name: string; readonly namedCurve?: string }): string {
  if (algorithm.name.startsWith('RSA')) return 'RSA'
  // The parser gives the bare OID of an elliptic curve key (RFC 5480, 2.1.1) whose curve it does not know.
  if (['ECDSA', 'ECDH', '1.2.840.10045.2.1'].includes(algorithm.name)) return 'ECDSA'
  return algorithm.name === 'EdDSA' ? (algorithm.namedCurve ?? algorithm.name) : algorithm.name
}

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
