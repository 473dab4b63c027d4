import 'reflect-metadata'
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
import { type KeyAlgorithm, type SeededKeys, seededKeys } from './seeded-keys.ts'

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

async function issue(request: CertificateRequest): Promise<IssuedCertificate> {
  const { subject, issuer = subject, keyAlgorithm, signedWith = keyAlgorithm, ...rest } = request
  const own = await seededKeys(keyAlgorithm)
  const issuing = await seededKeys(signedWith)
  const usages = request.authority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
  const parts = {
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
  }
  const certificate = await X509CertificateGenerator.create(parts, withSignaturesBy(issuing))
  const fingerprint = Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex')
  return { pem: certificate.toString('pem'), sha256Fingerprint: fingerprint }
}

/** RFC 4514 has the most specific part first; the encoding has it last. */
function encodable(name: string): JsonName {
  return new Name(name).toJSON().reverse()
}

/** The Web Crypto API with the signatures of these keys: those of ECDSA would be different every time. */
function withSignaturesBy({ sign }: SeededKeys): Crypto {
  const subtle = new Proxy(crypto.subtle, {
    get: (target, name) =>
      name === 'sign'
        ? (_algorithm: unknown, _key: unknown, data: ArrayBuffer) => sign(new Uint8Array(data))
        : Reflect.get(target, name, target).bind(target),
  })
  return new Proxy(crypto, {
    get: (target, name) => (name === 'subtle' ? subtle : Reflect.get(target, name, target)),
  })
}
