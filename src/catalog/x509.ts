import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
// `toLegacyObject` loads parts of this module. Node.js leaves it incomplete when they are loaded first, and HTTPS then fails.
import 'node:tls'
import { toDistinguishedName } from './distinguished-name.ts'
import { hexFingerprint, hexSerial } from './spelling.ts'
import { isSizeInName, nameKeyAlgorithm, nameSignatureHash, readAlgorithmId } from './x509/algorithms.ts'
import { contextTag, type DerElement, expectTag, readElement, readInteger, readMembers, tags } from './x509/der.ts'
import { readExtensions } from './x509/extensions.ts'
import { derOf, toPem } from './x509/pem.ts'
import { readTime } from './x509/time.ts'

/**
 * The version of `parseX509`. Raise it with every change of what it returns: details that another version has parsed are
 * kept for good, and would not be parsed again.
 */
export const x509ParserVersion = 1

/** The fields of an X.509 certificate, normalized. A field that is not known is null. */
export interface X509Details {
  readonly subject: string | null
  readonly issuer: string | null
  readonly serialNumber: string | null
  readonly sha256Fingerprint: string | null
  readonly keyAlgorithm: string | null
  /** In bits, of the RSA modulus or the order of the elliptic curve. */
  readonly keySize: number | null
  readonly signatureAlgorithm: string | null
  readonly subjectAltNames: readonly string[] | null
  /** Whether it may issue certificates (RFC 5280, 4.2.1.9). */
  readonly isCA: boolean | null
  /** Object identifiers of what the key may be used for (RFC 5280, 4.2.1.12). Empty when that is not restricted. */
  readonly extendedKeyUsage: readonly string[] | null
  /** Milliseconds since the epoch. */
  readonly validFrom: number | null
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null
  /** What in the certificate could not be read. Null when no certificate was read. */
  readonly issues: readonly string[] | null
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
  extendedKeyUsage: null,
  validFrom: null,
  expiresAt: null,
  issues: null,
}

/** Whether no field is absent. */
export function hasAllDetails(details: Partial<X509Details>): details is X509Details {
  return Object.keys(noX509Details).every((field) => field in details)
}

/** Parses the first certificate of a PEM text. @throws when there is none, or it is not X.509 */
export function parseX509(pem: string): X509Details {
  return readX509(derOf(pem))
}

/**
 * The fields of a certificate, each read apart from the others: one that is malformed is null and has an issue. Libraries
 * refuse the whole certificate for one malformed part.
 * @throws when the bytes do not have the parts of a certificate
 */
export function readX509(der: Buffer): X509Details {
  const parts = splitCertificate(der)
  const opened = tryOpen(der)
  const issues: string[] = []
  const read = <Value>(part: string, readPart: () => Value): Value | null => {
    try {
      return readPart()
    } catch (error) {
      issues.push(`${part}: ${(error as Error).message}`)
      return null
    }
  }
  const details = {
    subject: read('subject', () => toDistinguishedName(parts.subject.encoded)),
    issuer: read('issuer', () => toDistinguishedName(parts.issuer.encoded)),
    serialNumber: read('serialNumber', () => hexSerial(readInteger(parts.serialNumber).toString(16))),
    // OpenSSL encodes a certificate in BER anew before it makes the fingerprint.
    sha256Fingerprint: opened ? hexFingerprint(opened.fingerprint256) : createHash('sha256').update(der).digest('hex'),
    keyAlgorithm: read('subjectPublicKeyInfo', () => nameKeyAlgorithm(parts.keyAlgorithm)),
    keySize: read('subjectPublicKeyInfo', () => readKeySize(parts, opened)),
    signatureAlgorithm: read('signatureAlgorithm', () => readSignatureHash(parts)),
    validFrom: read('notBefore', () => readTime(parts.notBefore)),
    expiresAt: read('notAfter', () => readTime(parts.notAfter)),
  }
  const { issues: extensionIssues, ...extensions } = readExtensions(parts.tbs)
  return { ...details, ...extensions, issues: [...issues, ...extensionIssues].map(shortened) }
}

/** Characters of an issue: an object identifier in it may have thousands. */
const maxIssueLength = 300

function shortened(issue: string): string {
  return issue.length > maxIssueLength ? `${issue.slice(0, maxIssueLength)}…` : issue
}

/** The parts of a certificate (RFC 5280, 4.1). */
function splitCertificate(der: Buffer) {
  const [tbsCertificate, signatureAlgorithm] = readMembers(expectTag(readElement(der), tags.sequence))
  const tbs = readMembers(expectTag(tbsCertificate, tags.sequence))
  // The version is absent in version 1.
  const [serialNumber, signature, issuer, validity, subject, publicKey] =
    tbs[0]?.tag === contextTag(0) ? tbs.slice(1) : tbs
  const [notBefore, notAfter] = readMembers(expectTag(validity, tags.sequence))
  const [keyAlgorithm] = readMembers(expectTag(publicKey, tags.sequence))
  return {
    serialNumber: expectTag(serialNumber, tags.integer),
    signature,
    issuer: expectTag(issuer, tags.sequence),
    notBefore: expectPresent(notBefore),
    notAfter: expectPresent(notAfter),
    subject: expectTag(subject, tags.sequence),
    publicKey: expectTag(publicKey, tags.sequence),
    keyAlgorithm: expectTag(keyAlgorithm, tags.sequence),
    signatureAlgorithm: expectTag(signatureAlgorithm, tags.sequence),
    tbs,
  }
}

function expectPresent(element: DerElement | undefined): DerElement {
  if (!element) throw new Error('a part is missing')
  return element
}

/** Opens a certificate with OpenSSL. Null when it cannot. */
export function tryOpen(der: Buffer): X509Certificate | null {
  try {
    // Node.js would look for PEM in DER, and some extensions contain PEM.
    return new X509Certificate(toPem(der))
  } catch {
    return null
  }
}

/** The algorithm is there twice, and only one of the two is signed (RFC 5280, 4.1.1.2). @throws when they differ */
function readSignatureHash({ signature, signatureAlgorithm }: ReturnType<typeof splitCertificate>): string | null {
  const [signed, used] = [readAlgorithmId(signature), readAlgorithmId(signatureAlgorithm)]
  if (signed !== used) throw new Error(`${used}, but ${signed} in the signed part`)
  const [signedHash, usedHash] = [nameSignatureHash(signature), nameSignatureHash(signatureAlgorithm)]
  if (signedHash !== usedHash) throw new Error(`${usedHash}, but ${signedHash} in the signed part`)
  return usedHash
}

/** Null for a type of key that has no size. @throws when OpenSSL cannot read the key */
function readKeySize(
  { publicKey, keyAlgorithm }: ReturnType<typeof splitCertificate>,
  opened: X509Certificate | null,
): number | null {
  try {
    if (isSizeInName(nameKeyAlgorithm(keyAlgorithm))) return null
    const key = createPublicKey({ key: publicKey.encoded, format: 'der', type: 'spki' })
    const { modulusLength, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
    // The order of the curve. Most curves have it in their name too: secp384r1.
    const order = () => opened?.toLegacyObject().bits ?? /\d{3}/.exec(namedCurve)?.[0]
    const size = modulusLength ?? edwardsSizes[key.asymmetricKeyType ?? ''] ?? order()
    return size === undefined ? null : Number(size)
  } catch {
    throw new Error('OpenSSL cannot read the key')
  }
}

/** RFC 8032, 5. */
const edwardsSizes: Readonly<Record<string, number>> = { ed25519: 256, ed448: 456 }
