import 'reflect-metadata'
import { createHash } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509'
import { bitString, der, integer, sequence, time } from './der.ts'
import { type KeyAlgorithm, seededKeys } from './seeded-keys.ts'

export interface CertificateRequest {
  /** In RFC 4514, as all names here: most specific part first. */
  readonly subject: string
  /** Default: the subject. */
  readonly issuer?: string
  /** Hex digits. */
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly keyAlgorithm: KeyAlgorithm
  /** The algorithm of the issuer's key. Default: the same as `keyAlgorithm`. */
  readonly signedWith?: KeyAlgorithm
  readonly subjectAltNames?: JsonGeneralNames
  /** Whether it may issue certificates. */
  readonly authority?: boolean
}

export interface IssuedCertificate {
  readonly pem: string
  /** 64 lower-case hex digits. */
  readonly sha256Fingerprint: string
}

const issued = new Map<string, Promise<IssuedCertificate>>()

/** Issues an X.509 certificate, signed with a seeded key. Equal requests get the same certificate, in every process. */
export function issueCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  const key = JSON.stringify(request)
  const certificate = issued.get(key) ?? issue(request)
  issued.set(key, certificate)
  return certificate
}

/** Version 3 (RFC 5280, 4.1.2.1). */
const version = der(0xa0, integer(Buffer.of(2)))

/** The identifiers of the signature algorithms, all with SHA-256 or their own hash (RFC 5758, RFC 4055, RFC 8410). */
const signatureAlgorithms = {
  ECDSA: Buffer.from('300a06082a8648ce3d040302', 'hex'),
  Ed25519: Buffer.from('300506032b6570', 'hex'),
  RSA: Buffer.from('300d06092a864886f70d01010b0500', 'hex'),
}

/** X509CertificateGenerator takes ten times as long: it parses every part again that it has just encoded. */
async function issue(request: CertificateRequest): Promise<IssuedCertificate> {
  const { subject, issuer = subject, keyAlgorithm, signedWith = keyAlgorithm, authority = false, ...rest } = request
  const [own, issuing] = await Promise.all([encodedKeys(keyAlgorithm), encodedKeys(signedWith)])
  const algorithm = signatureAlgorithms[signedWith]
  const extensions = [
    ...usageExtensions(authority),
    own.subjectKeyIdentifier,
    issuing.authorityKeyIdentifier,
    ...(rest.subjectAltNames ? [new SubjectAlternativeNameExtension(rest.subjectAltNames)] : []),
  ]
  const content = sequence(
    version,
    integer(Buffer.from(rest.serialNumber, 'hex')),
    algorithm,
    encodedName(issuer),
    sequence(time(rest.notBefore), time(rest.notAfter)),
    encodedName(subject),
    own.publicKey,
    der(0xa3, sequence(...extensions.map(({ rawData }) => rawData))),
  )
  const certificate = sequence(content, algorithm, bitString(await issuing.sign(content)))
  return {
    pem: PemConverter.encode(new Uint8Array(certificate), 'CERTIFICATE'),
    sha256Fingerprint: createHash('sha256').update(certificate).digest('hex'),
  }
}

/** Keeps what a function returns for each argument. Certificates share most of their parts. */
function once<Argument, Result>(create: (argument: Argument) => Result): (argument: Argument) => Result {
  const results = new Map<Argument, Result>()
  return (argument) => {
    const result = results.get(argument) ?? create(argument)
    results.set(argument, result)
    return result
  }
}

/** RFC 4514 has the most specific part first; the encoding has it last. */
const encodedName = once((name: string) => new Name(new Name(name).toJSON().reverse()).toArrayBuffer())

const usageExtensions = once((authority: boolean) => {
  const usages = authority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
  return [new BasicConstraintsExtension(authority, undefined, true), new KeyUsagesExtension(usages, true)]
})

/** The keys of an algorithm, and what certificates contain of them. */
const encodedKeys = once(async (algorithm: KeyAlgorithm) => {
  const { publicKey, sign } = await seededKeys(algorithm)
  return {
    publicKey: await crypto.subtle.exportKey('spki', publicKey),
    subjectKeyIdentifier: await SubjectKeyIdentifierExtension.create(publicKey),
    authorityKeyIdentifier: await AuthorityKeyIdentifierExtension.create(publicKey),
    sign,
  }
})
