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
import { type KeyAlgorithm, signingKeys } from './signing-keys.ts'

export interface CertificateRequest {
  /** RFC 4514, as all names here: the most specific part first. */
  readonly subject: string
  /** The subject itself unless told. */
  readonly issuer?: string
  /** Hex digits of a positive number. */
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly keyAlgorithm: KeyAlgorithm
  /** The algorithm of the issuer's key: the subject's unless told. */
  readonly signedWith?: KeyAlgorithm
  readonly subjectAltNames?: JsonGeneralNames
  /** Whether it may issue others. */
  readonly authority?: boolean
}

export interface IssuedCertificate {
  readonly pem: string
  /** 64 lower-case hex digits. */
  readonly sha256Fingerprint: string
}

const issued = new Map<string, Promise<IssuedCertificate>>()

/** A real X.509 certificate, signed with one of the few keys of this process: the same for the same request. */
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

/** A name is written with its most specific part first and encoded with it last. */
function encodable(name: string): JsonName {
  return new Name(name).toJSON().reverse()
}
