import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type JsonGeneralNames,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

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

/** Issues an X.509 certificate, signed with one of this process's keys. Equal requests get the same certificate. */
export function issueCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  const key = JSON.stringify(request)
  const certificate = issued.get(key) ?? issue(request)
  issued.set(key, certificate)
  return certificate
}

async function issue(request: CertificateRequest): Promise<IssuedCertificate> {
  const { subject, issuer = subject, keyAlgorithm, signedWith = keyAlgorithm, ...rest } = request
  const own = await signingKeys(keyAlgorithm)
  const issuing = await signingKeys(signedWith)
  const usages = request.authority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
  const certificate = await X509CertificateGenerator.create({
    serialNumber: rest.serialNumber,
    subject: encodable(subject),
    issuer: encodable(issuer),
    notBefore: rest.notBefore,
    notAfter: rest.notAfter,
    publicKey: own.publicKey,
    signingKey: issuing.privateKey,
    extensions: [
      new BasicConstraintsExtension(rest.authority ?? false, undefined, true),
      new KeyUsagesExtension(usages, true),
      await SubjectKeyIdentifierExtension.create(own.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuing.publicKey),
      ...(rest.subjectAltNames ? [new SubjectAlternativeNameExtension(rest.subjectAltNames)] : []),
    ],
  })
  const fingerprint = Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex')
  return { pem: certificate.toString('pem'), sha256Fingerprint: fingerprint }
}

/** RFC 4514 has the most specific part first; the encoding has it last. */
function encodable(name: string): JsonName {
  return new Name(name).toJSON().reverse()
}

type KeyAlgorithm = 'ECDSA' | 'Ed25519' | 'RSA'

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

/** This process's key pair for an algorithm, generated on first use because RSA keys are slow to generate. */
function signingKeys(algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKeyPair> {
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
